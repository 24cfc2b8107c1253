import {
  drainKey,
  fetchSubject,
  HEADER,
  reconcilingKey,
  subjectOf,
  type Connection,
  type Divergence,
  type Drain,
  type FetchJob,
  type Reconciling,
} from '@roomwire/events';
import type { Bus, KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, type Pms } from '@roomwire/pms-port';
import { randomUUID } from 'node:crypto';
import { announced } from '../announced.ts';
import type { Nights } from '../core/nights.ts';
import { sightAt, type Sight } from '../core/sight.ts';
import type { Figures } from '../figures.ts';
import { eachActive, Ticking, type ActiveParts } from '../ticking.ts';
import { lateOf, nextPassAt, unrepairedMs, unseenMs, type Bounds } from './core/bounds.ts';
import { stepMsOf } from './core/budget.ts';
import { isRepaired } from './core/difference.ts';
import { begun, ended, firstOf, jobOf, nameOf, nextToAsk, withAsked } from './core/pass.ts';
import type { SeenPages } from './seen-pages.ts';
import { findUnlisted } from './unlisted.ts';

export type ReconcilerParts = ActiveParts & {
  bus: Pick<Bus, 'publish' | 'lastOnLeader' | 'subjectsOn'>;
  drains: Pick<KvTable<Drain>, 'get'>;
  reconcilings: Pick<KvTable<Reconciling>, 'get' | 'create' | 'update' | 'entryFromLeader'>;
  seen: Pick<SeenPages, 'of'>;
  bounds: Bounds;
  /** Of each of the provider's limits, what comparing may use of it. */
  share: number;
  nights: (now: number) => Nights;
  /** A page that nobody has read for so long is asked for again, ms. */
  stalledMs: number;
  figures: Pick<Figures, 'reconciling'>;
  now: () => number;
  /** Monotonic, ms. */
  elapsed: () => number;
};

type Held = { standing: Reconciling; seq: number };

/** Names by the ten thousand are looked through in less, ms: then another replica takes the step over. */
const LOOKED_THROUGH_MS = 60_000;

/**
 * Compares what providers list with what is known, in small steps that keep to a budget: a page, or a read by id of what differs. By level:
 * each replica looks at all connections, compare-and-set lets one take each step, and where a pass stands is in KV.
 */
export class Reconciler extends Ticking {
  private readonly sights = new Map<string, Sight>();

  constructor(private readonly parts: ReconcilerParts) {
    super();
  }

  look(): Promise<void> {
    return eachActive(this.parts, 'reconcile', async (connection) => {
      const adapter = adapterOf(connection.provider);
      if (adapter?.listings?.lists.length) await this.lookAt(connection, pms(adapter));
    });
  }

  private async lookAt(connection: Connection, provider: Pms): Promise<void> {
    const { reconcilings, now, figures, bounds } = this.parts;
    const key = reconcilingKey(connection.id);
    const told = reconcilings.get(key);
    if (!told) return this.first(key, connection, provider);
    figures.reconciling.stands(connection, { unseenMs: unseenMs(told, now()), unrepairedMs: unrepairedMs(told, now()) });
    const isDue = told.dueAt <= now();
    if (told.open.length === 0 && lateOf(told, bounds, now()) === told.late && !isDue) return;
    const entry = await reconcilings.entryFromLeader(key);
    if (!entry?.value) return;
    const held = await this.settled(connection, { standing: entry.value, seq: entry.seq });
    if (held && held.standing.dueAt <= now()) await this.step(connection, provider, held);
  }

  /** Before everything has been read once, everything would be missing. */
  private async first(key: string, connection: Connection, provider: Pms): Promise<void> {
    if (this.isReadOnce(connection, provider)) await this.parts.reconcilings.create(key, firstOf(connection, this.parts.now()));
  }

  private isReadOnce({ id: connection }: Connection, { adapter }: Pms): boolean {
    return adapter.listings!.lists.every(({ name: list, changedSince }) => {
      const drain = this.parts.drains.get(drainKey({ connection, list, lane: changedSince ? 'backfill' : 'poll' }));
      return drain !== undefined && drain.last !== null && (!changedSince || drain.round === null);
    });
  }

  /** Without what has been repaired meanwhile, and with what is to be told of its bounds. Undefined: somebody else was here. */
  private async settled(connection: Connection, held: Held): Promise<Held | undefined> {
    const { reconcilings, bounds, now, figures } = this.parts;
    const before = held.standing;
    const repaired = await this.repairedOf(connection, before.open);
    const open = before.open.filter((each) => !repaired.includes(each));
    const standing = { ...before, open, late: lateOf({ ...before, open }, bounds, now()) };
    if (repaired.length === 0 && standing.late === before.late) return held;
    const seq = await reconcilings.update(reconcilingKey(connection.id), standing, held.seq);
    if (seq === undefined) return undefined;
    for (const { why, foundAt } of repaired) figures.reconciling.repaired(connection, why, now() - foundAt);
    if (standing.late !== before.late) await this.notice(connection, standing, seq);
    return { standing, seq };
  }

  private async repairedOf({ tenant, id: connection }: Connection, open: readonly Divergence[]): Promise<Divergence[]> {
    const held = await Promise.all(
      open.map(({ kind, entity }) => announced(this.parts.bus, { tenant, connection, kind, entity })),
    );
    return open.filter((each, index) => isRepaired(each, held[index]));
  }

  /** What differs first: it is found already, and wrong. */
  private async step(connection: Connection, provider: Pms, held: Held): Promise<void> {
    const { standing } = held;
    const wanted = nextToAsk(standing, provider.adapter.capabilities.reads, (kind) => provider.readsAtOnce(kind));
    if (wanted.length > 0) return this.ask(connection, provider, held, wanted);
    if (standing.pass?.list) return this.askForPage(standing);
    if (standing.pass) return this.end(connection, provider, held);
    await this.begin(connection, provider, held);
  }

  private async begin(connection: Connection, provider: Pms, { standing, seq }: Held): Promise<void> {
    const { now, bounds, nights, reconcilings } = this.parts;
    if (now() < nextPassAt(standing, bounds) || !this.isReadOnce(connection, provider)) return;
    const list = provider.adapter.listings!.lists[0]!.name;
    const next = begun(standing, { id: randomUUID(), now: now(), nights: nights(now()), list });
    await reconcilings.update(reconcilingKey(connection.id), next, seq);
  }

  /** Once by each who finds it so, which the stream makes one; and again where nothing moves, by our own sight and clock. */
  private async askForPage(standing: Reconciling): Promise<void> {
    const { elapsed, stalledMs, log } = this.parts;
    const key = reconcilingKey(standing.connection);
    const { id, page, asked } = standing.pass!;
    const at = `${id}:${page}:${asked}`;
    const known = this.sights.get(key);
    const sight = sightAt(known, at, elapsed());
    if (sight !== known) {
      const job = jobOf(standing)!;
      await this.parts.bus.publish(fetchSubject(job), job, { id: `compare:${at}` });
      this.sights.set(key, sight);
    } else if (elapsed() - sight.since >= stalledMs) {
      log.warn({ key, page, asked: asked + 1 }, 'reconcile: a page that stands still is asked for again');
      await this.askAgain(key, at);
    }
  }

  private async askAgain(key: string, at: string): Promise<void> {
    const entry = await this.parts.reconcilings.entryFromLeader(key);
    const pass = entry?.value?.pass;
    if (!entry?.value || !pass || `${pass.id}:${pass.page}:${pass.asked}` !== at) return;
    await this.parts.reconcilings.update(key, { ...entry.value, pass: { ...pass, asked: pass.asked + 1 } }, entry.seq);
  }

  /** Published first: who dies in between has it asked for once more, which the stream makes one. */
  private async ask(
    connection: Connection,
    provider: Pms,
    { standing, seq }: Held,
    wanted: readonly Divergence[],
  ): Promise<void> {
    const { bus, now, reconcilings, figures } = this.parts;
    for (const { kind, entity, seenAt } of wanted) {
      const job: FetchJob = {
        ...{ tenant: connection.tenant, provider: connection.provider, connection: connection.id, kind, entity },
        ...{ lane: 'backfill', reason: 'reconcile', hintAt: new Date(now()).toISOString() },
        receipt: `reconcile-${connection.id}`,
      };
      const id = `reconcile:${connection.id}:${nameOf({ kind, entity })}:${seenAt}`;
      await bus.publish(fetchSubject(job), job, { id, headers: { [HEADER.receipt]: job.receipt } });
    }
    const next = withAsked(standing, wanted, { now: now(), stepMs: this.stepMs(provider) });
    if ((await reconcilings.update(reconcilingKey(connection.id), next, seq)) !== undefined)
      figures.reconciling.called(connection);
  }

  /** The next step is put down first, so that one replica does this one. */
  private async end(connection: Connection, provider: Pms, { standing, seq }: Held): Promise<void> {
    const { reconcilings, now, figures, log } = this.parts;
    const key = reconcilingKey(connection.id);
    const claimed = { ...standing, dueAt: now() + LOOKED_THROUGH_MS };
    const claim = await reconcilings.update(key, claimed, seq);
    if (claim === undefined) return;
    const found = await findUnlisted(this.parts, provider.adapter, connection, claimed);
    const next = { ...ended(claimed, found, now()), dueAt: now() };
    if ((await reconcilings.update(key, next, claim)) === undefined) return;
    figures.reconciling.found(connection, found);
    figures.reconciling.ended(connection, standing.pass!.unread.length === 0);
    const { tenant, id, provider: name } = connection;
    log.info({ tenant, connection: id, provider: name, ...next.last, open: next.open.length }, 'what is listed was compared');
  }

  private stepMs({ adapter }: Pms): number {
    return stepMsOf(adapter.limits, this.parts.share);
  }

  private async notice({ tenant, provider, id }: Connection, standing: Reconciling, seq: number): Promise<void> {
    const { now, log, bus } = this.parts;
    const type = standing.late ? 'reconcile-late' : 'reconcile-kept';
    const said = { bound: standing.late, unseenMs: unseenMs(standing, now()), unrepairedMs: unrepairedMs(standing, now()) };
    const notice = {
      at: new Date(now()).toISOString(),
      type,
      tenant,
      connection: id,
      provider,
      ...said,
      open: standing.open.length,
    };
    log.info({ ...notice, event: type }, 'reconcile');
    await bus.publish(subjectOf({ tenant, family: 'notice', type }), notice, { id: `${type}:${id}:${seq}` });
  }
}
