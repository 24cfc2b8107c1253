import { facet, recordChangeOf, roomChangeOf, subjectOf, type Change, type EntityRecord, type Place } from '@roomwire/events';

export type Announcement = { subject: string; change: Change };

const cause = (tenant: string) => ({ tenant, provider: 'memory', lane: 'live', receivedAt: '2026-11-21T06:00:00.000Z' }) as const;
const stamp = (n: number) => ({ epoch: 0, modifiedAt: n * 1_000_000, rank: 0, observedAt: 0, mapping: 1 }) as const;

type RoomFacts = {
  tenant?: string;
  property?: string;
  unit: string;
  revision: number;
  pipeline?: 'booking' | 'housekeeping';
  name?: string;
};

export function room({
  tenant = 't1',
  property = 'p1',
  unit,
  revision,
  pipeline = 'booking',
  name = 'Room',
}: RoomFacts): Announcement {
  const change = roomChangeOf(
    {
      property,
      unit,
      name,
      timeZone: 'Europe/Berlin',
      asOf: '2026-11-21T06:00:00.000Z',
      occupancy: { state: 'vacant', basis: 'scheduled' },
      current: null,
      next: null,
      lateCheckout: false,
      earlyArrival: false,
      housekeeping: { status: 'unknown', openTasks: 0 },
      maintenance: { outOfOrder: false, openTickets: 0 },
      ambiguous: false,
      conflicts: [],
      freshness: { verifiedAt: null, connection: null, suspect: [] },
      validUntil: null,
    },
    revision,
    pipeline,
    cause(tenant),
  );
  return { subject: subjectOf({ tenant, family: 'change', kind: 'room', scope: property, entity: unit }), change };
}

type ReservationFacts = {
  tenant?: string;
  id: string;
  revision: number;
  place?: Place;
  previous?: Place;
  confirmed?: boolean;
  guest?: string;
};

export function reservation(facts: ReservationFacts): Announcement {
  const {
    tenant = 't1',
    id,
    revision,
    place = { property: 'p1', units: ['u1'] },
    previous,
    confirmed = false,
    guest = 'Ada',
  } = facts;
  const record: EntityRecord = {
    kind: 'reservation',
    connection: 'c1',
    entity: id,
    facets: { guest: facet({ name: guest, adults: 2, children: 0 }, stamp(revision)) },
  };
  const change = recordChangeOf(record, revision, place, cause(tenant), { confirmed, ...(previous ? { previous } : {}) });
  return { subject: subjectOf({ tenant, family: 'change', kind: 'reservation', scope: 'c1', entity: id }), change };
}

export function bytesOf({ change }: Announcement): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(change));
}
