import { dayFromNow, envelope, reservation, stamp, type Tenant } from '../hostaway-webhook.ts';
import { randomOf } from './random.ts';

/** One webhook as the provider sends it; `version` counts what the provider has told of the reservation. */
export type Hook = { tenant: Tenant; reservation: number; version: number; cancelled: boolean; body: string };

/** What the provider itself would answer of a reservation: what Roomwire must come to hold. */
export type Fact = { version: number; status: 'modified' | 'cancelled'; guest: string; departure: string; price: number };

const ACCOUNTS = [10450, 20771];
const FIRST_ID = 500_000;
/** Of each hundred webhooks: sent twice, told again later, told before the one they follow. */
const TWICE = 0.04;
const AGAIN = 0.04;
const SWAPPED = 0.04;
const CANCELLED = 0.1;
const PARTIAL = 0.2;
const REMEMBERED = 50;
/** The first version's stamp; each version is a second after the last, for that is how fine the provider's stamps are. */
const BEGAN_MS = Date.now() - 2 * 86_400_000;

/** The provider's side: rooms that are slept in, and a seeded story of what is told of them, with repetitions and disorder. */
export class Truth {
  private readonly facts = new Map<number, Fact>();
  private readonly cancelled = new Map<number, number[]>();
  private readonly told: Hook[] = [];
  private readonly waiting: Hook[] = [];
  private readonly random: () => number;

  constructor(
    readonly tenants: readonly Tenant[],
    seed: number,
    /** Rooms of each tenant. */
    private readonly rooms: number,
  ) {
    this.random = randomOf(seed);
  }

  /** The next webhook of the story. */
  next(): Hook {
    const hook = this.waiting.shift() ?? this.choose();
    this.told.push(hook);
    if (this.told.length > REMEMBERED) this.told.shift();
    return hook;
  }

  /** Told, and not handed out yet: without these nobody can know the facts. */
  get isOwing(): boolean {
    return this.waiting.length > 0;
  }

  /** The first version after `version` by which the guest was gone. */
  cancelledAfter(reservationId: number, version: number): number | undefined {
    return this.cancelled.get(reservationId)?.find((each) => each > version);
  }

  /** What is known to whoever was handed all that is told: the last word and what it overtook. */
  reservations(): { tenant: Tenant; reservation: number; fact: Fact }[] {
    return [...this.facts].map(([id, fact]) => ({ tenant: this.tenantOf(id), reservation: id, fact }));
  }

  private choose(): Hook {
    const dice = this.random();
    if (this.told.length > 0 && dice < AGAIN) return this.told[Math.floor(this.random() * this.told.length)]!;
    const hook = this.tell();
    if (dice < AGAIN + TWICE) this.waiting.push(hook);
    if (dice > 1 - SWAPPED) {
      // The newer one overtakes: it is sent first. A second cancellation would leave the room as it was, with nothing to show.
      this.waiting.push(hook);
      return this.tell(hook.reservation, false);
    }
    return hook;
  }

  private tell(reservationId = this.anyReservation(), mayCancel = true): Hook {
    const before = this.facts.get(reservationId);
    const version = (before?.version ?? 0) + 1;
    const cancelled = mayCancel && before?.status === 'modified' && this.random() < CANCELLED;
    const partial = before !== undefined && this.random() < PARTIAL;
    const fact: Fact = {
      version,
      status: cancelled ? 'cancelled' : 'modified',
      guest: guestOf(version),
      departure: dayFromNow(2 + (version % 5)),
      price: partial ? before.price : 100 + version,
    };
    this.facts.set(reservationId, fact);
    if (cancelled) this.cancelled.set(reservationId, [...(this.cancelled.get(reservationId) ?? []), version]);
    const tenant = this.tenantOf(reservationId);
    return { tenant, reservation: reservationId, version, cancelled, body: this.bodyOf(reservationId, fact, partial) };
  }

  private anyReservation(): number {
    return FIRST_ID + Math.floor(this.random() * this.rooms * this.tenants.length);
  }

  private bodyOf(id: number, fact: Fact, partial: boolean): string {
    const told = reservation(id, {
      status: fact.status,
      guestName: fact.guest,
      guestFirstName: 'Guest',
      guestLastName: String(fact.version),
      departureDate: fact.departure,
      totalPrice: fact.price,
      updatedOn: stamp(BEGAN_MS + fact.version * 1000),
    });
    // What is absent from a webhook says nothing.
    if (partial) for (const name of ['totalPrice', 'currency']) delete told[name];
    return envelope(told, ACCOUNTS[this.indexOf(id)]);
  }

  private tenantOf(id: number): Tenant {
    return this.tenants[this.indexOf(id)]!;
  }

  private indexOf(id: number): number {
    return id % this.tenants.length;
  }
}

export const guestOf = (version: number): string => `Guest ${version}`;
/** 0 where it names no guest of the story. */
export const versionOfGuest = (name: string | null | undefined): number => Number(/^Guest (\d+)$/.exec(name ?? '')?.[1] ?? 0);
