import { eventOf, facet, type EntityRecord, type EventMessage, type RoomState } from '@roomwire/events';

/** Stays in each room: one guest is in the house, the others come after. */
const STAYS = 10;

const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
export const guestOf = (version: number): string => `Guest ${version}`;
/** 0: nobody of ours. */
const versionOf = (guest: string | null | undefined): number => Number(/^Guest (\d+)$/.exec(guest ?? '')?.[1] ?? 0);

/** The provider's side: so many bookings, ten to a room, each told in ever newer versions; what every room must look like. */
export class Bookings {
  private readonly versions: number[];
  readonly rooms: number;

  constructor(readonly count: number) {
    this.versions = Array.from({ length: count }, () => 1);
    this.rooms = Math.ceil(count / STAYS);
  }

  /** The provider's names of a room and of the house that it is in. */
  roomName = (index: number): string => `r${index}`;
  houseName = (index: number): string => `h${Math.floor(index / 50)}`;

  version(booking: number): number {
    return this.versions[booking]!;
  }

  record(booking: number): EntityRecord {
    const [room, stay] = [booking % this.rooms, Math.floor(booking / this.rooms)];
    const version = this.version(booking);
    const stamp = { epoch: 0, modifiedAt: version * 1_000_000, rank: 0 as const, observedAt: 0, mapping: 1 };
    const core = {
      ...{ status: 'confirmed', arrival: day(stay * 7 - 3), departure: day(stay * 7 + 3) },
      ...{ property: this.houseName(room), unitType: this.roomName(room), channel: null },
    };
    const guest = { name: guestOf(version), adults: 2, children: null };
    const facets = { core: facet(core, stamp), guest: facet(guest, stamp) };
    return { kind: 'reservation', connection: 'c1', entity: `b${booking}`, facets };
  }

  /** A newer version of the booking. */
  next(booking: number): EventMessage {
    this.versions[booking]!++;
    const receivedAt = new Date().toISOString();
    const from = { tenant: 't1', provider: 'hostaway', lane: 'live', receipt: `receipt-${booking}`, receivedAt } as const;
    return eventOf(this.record(booking), from);
  }

  /** The versions of the guest who is in the room, and of the one who comes next, as the room has them. */
  shown({ current, next }: RoomState): [number, number] {
    return [versionOf(current?.guest), versionOf(next?.guest)];
  }

  /** The same as the provider has them. */
  expected(room: number): [number, number] {
    return [this.version(room), this.versions[room + this.rooms] ?? 0];
  }
}
