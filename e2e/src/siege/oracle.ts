import { read } from '../board.ts';
import type { Ready } from '../fleet.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import type { Witness } from './broker.ts';
import type { Delivered } from './provider.ts';
import type { Screen } from './screen.ts';
import { versionOfGuest, type Fact, type Truth } from './truth.ts';

/** The counts that a case is judged by. */
export type Counts = {
  sent: number;
  answered: number;
  applied: number;
  /** Confirmed, a duplicate, or overtaken by something newer. */
  superseded: number;
  deadLettered: number;
  /** Answered with 2xx, and neither in the record nor in a dead letter (I1). */
  lost: number;
  /** STATE and screens: revisions or facets that went back (I3). */
  outOfOrder: number;
  /** Records that are not what the provider has (I2), as text. */
  different: string[];
  /** From an answer to the screen that shows it or something newer, milliseconds: the longest, and all of them. */
  wrongMsMax: number;
  wrongMs: number[];
  /** Receipt of the webhook whose room was wrong longest. */
  worst: string | undefined;
  /** From the scheduled instant of sending to the screen. */
  latencyMs: number[];
};

/** As {@link reservation} has it: each has a listing of its own. */
const LISTINGS_FROM = 800_000;

type Arrival = { version: number; at: number; isEmpty: boolean };
type Held = { record: { facets: Record<string, { content: Record<string, unknown> }> } };

export class Oracle {
  constructor(
    private readonly ready: Ready,
    private readonly truth: Truth,
    private readonly witness: Witness,
    private readonly screens: readonly Screen[],
  ) {}

  /** What is not on a screen yet though it was told, as text; empty when all is well. */
  missing(): string[] {
    const arrivals = this.arrivals();
    return this.truth.reservations().flatMap(({ reservation, fact }) => {
      const last = arrivals.get(reservation)?.at(-1);
      // A cancellation that overtook what came between it and another one has nothing to show: the room is empty already.
      const isShown = last && (last.version >= fact.version || (last.isEmpty && fact.status === 'cancelled'));
      return isShown ? [] : [`${reservation}: version ${fact.version}, the screen has ${last?.version ?? 0}`];
    });
  }

  async count(delivered: readonly Delivered[]): Promise<Counts> {
    const held = await this.heldVersions();
    const answered = delivered.filter((one) => one.receipt !== undefined);
    const dead = answered.filter(({ receipt }) => this.witness.dead.has(receipt!));
    const living = answered.filter((one) => !dead.includes(one));
    const isIn = ({ hook }: Delivered): boolean => (held.get(hook.reservation)?.version ?? 0) >= hook.version;
    const isApplied = ({ receipt }: Delivered): boolean =>
      this.witness.told.has(receipt!) || (this.witness.outcomes.get(receipt!)?.has('applied') ?? false);
    const applied = living.filter((one) => isIn(one) && isApplied(one));
    const { wrongMs, latencyMs } = this.times(living);
    return {
      ...{ sent: delivered.length, answered: answered.length, applied: applied.length },
      superseded: living.filter((one) => isIn(one) && !isApplied(one)).length,
      deadLettered: dead.length,
      lost: living.filter((one) => !isIn(one)).length,
      outOfOrder: this.witness.outOfOrder.length + this.screens.reduce((sum, { wrong }) => sum + wrong.length, 0),
      different: [...held.values()].flatMap(({ difference }) => difference ?? []),
      wrongMsMax: Math.round(Math.max(0, ...wrongMs)),
      wrongMs,
      worst: living[wrongMs.indexOf(Math.max(...wrongMs))]?.receipt,
      latencyMs,
    };
  }

  /** By reservation: the version that the registry holds, and whether all of it is as the provider has it. */
  private async heldVersions(): Promise<Map<number, { version: number; difference: string | undefined }>> {
    const pairs = this.truth.reservations().map(async ({ tenant, reservation, fact }) => {
      const held = await readRecord(this.ready, tenant, reservation);
      return [
        reservation,
        { version: versionOfGuest(guestOf(held)), difference: differenceOf(reservation, held, fact) },
      ] as const;
    });
    return new Map(await Promise.all(pairs));
  }

  private times(delivered: readonly Delivered[]): { wrongMs: number[]; latencyMs: number[] } {
    const arrivals = this.arrivals();
    const first = delivered.map((one) => ({ one, at: this.shownAt(one, arrivals.get(one.hook.reservation) ?? []) }));
    return {
      wrongMs: first.map(({ one, at }) => Math.max(0, at - one.answeredAt!)),
      latencyMs: first.map(({ one, at }) => Math.max(0, at - one.scheduledAt)),
    };
  }

  /** The first instant at which the room was shown as of this webhook or a later one. */
  private shownAt({ hook, answeredAt }: Delivered, list: readonly Arrival[]): number {
    const shown = list.find(({ version }) => version >= hook.version)?.at ?? Infinity;
    const cancellations = this.delivered.filter(
      (other) => other.hook.reservation === hook.reservation && other.hook.cancelled && other.hook.version >= hook.version,
    );
    // An empty room that is told to be empty is right from then on, without a change to show.
    const empty = cancellations.flatMap((other) => {
      const told = Math.max(answeredAt!, other.answeredAt ?? Infinity);
      if (list.findLast(({ at }) => at <= told)?.isEmpty) return [told];
      return list.find(({ at, isEmpty }) => at > told && isEmpty)?.at ?? [];
    });
    return Math.min(shown, ...empty);
  }

  /** By reservation: when its room was shown, and in which version, ascending. */
  private arrivals(): Map<number, Arrival[]> {
    const byReceipt = new Map<string, Delivered['hook']>();
    for (const { receipt, hook } of this.delivered) if (receipt) byReceipt.set(receipt, hook);
    const arrivals = new Map<number, Arrival[]>();
    for (const { change, at } of this.screens.flatMap(({ shown }) => shown)) {
      const id = reservationOf(change.data.name);
      const list = arrivals.get(id) ?? [];
      const last = list.at(-1)?.version ?? 0;
      const caused = byReceipt.get(change.receipt ?? '');
      const named = versionOfGuest(change.data.current?.guest);
      // An empty room names nobody: by its receipt, or else it is the first cancellation that had not been shown.
      const empty = change.data.current ? 0 : (this.truth.cancelledAfter(id, last) ?? 0);
      const version = Math.max(last, named || (caused?.reservation === id ? caused.version : empty));
      list.push({ version, at, isEmpty: !change.data.current });
      arrivals.set(id, list);
    }
    return arrivals;
  }

  /** All that the provider ever sent. */
  delivered: readonly Delivered[] = [];
}

async function readRecord(ready: Ready, tenant: Tenant, reservation: number): Promise<Held | undefined> {
  const connection = tenant.connections.find(({ provider }) => provider === 'hostaway')!;
  return read<Held>(ready, tenant, `/v1/records/reservation/${connection.id}/${reservation}`).catch(() => undefined);
}

function contentOf(held: Held | undefined): Record<string, unknown> {
  return Object.assign({}, ...Object.values(held?.record.facets ?? {}).map(({ content }) => content)) as Record<string, unknown>;
}

/** A door that the provider never described is called what its listing is. */
const reservationOf = (roomName: string): number => Number(roomName) - LISTINGS_FROM;

const guestOf = (held: Held | undefined): string => (contentOf(held)['name'] as string | undefined) ?? '';

function differenceOf(reservation: number, held: Held | undefined, fact: Fact): string | undefined {
  if (!held) return `${reservation}: nothing is held, told was ${JSON.stringify(fact)}`;
  const { name, departure, status, total } = contentOf(held);
  const wanted = [fact.guest, fact.departure, fact.status === 'cancelled' ? 'cancelled' : 'confirmed', fact.price * 100];
  const has = JSON.stringify([name, departure, status, (total as { amountMinor: number }).amountMinor]);
  return has === JSON.stringify(wanted) ? undefined : `${reservation}: held is ${has}, told was ${JSON.stringify(wanted)}`;
}
