import fc from 'fast-check';
import { eventOf, facet, type EntityRecord, type EventMessage, type Kind, type Stamp } from '@roomwire/events';

/** One delivery of a telling: who gets it, and whether that replica dies between the write and the announcement. */
export type Delivery = { told: EntityRecord; to: 'one' | 'two'; dies: boolean };

const { constantFrom: oneOf } = fc;
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined, freq: 2 });

/** Few values, so that ties, confirmations and returns to an older content are common. */
const stamp: fc.Arbitrary<Stamp> = fc
  .record({
    epoch: oneOf(0, 0, 0, 1),
    second: oneOf(1, 2, 3),
    read: oneOf(0, 0, 7, 8),
    mapping: oneOf(1, 1, 2),
  })
  .map(({ epoch, second, read, mapping }) => ({
    ...{ epoch, modifiedAt: second * 1_000_000, mapping, observedAt: read },
    rank: read > 0 ? (1 as const) : (0 as const),
  }));

const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const existence = fc.record({ state: oneOf('present', 'present', 'gone') });

/** Contents by kind, of a house with two doors: every door is a listing of its own, as at Hostaway. */
function contentsOf(doors: readonly string[]): Partial<Record<Kind, Record<string, fc.Arbitrary<unknown>>>> {
  const door = oneOf(...doors);
  const stay = fc.record({
    from: oneOf(-2, -1, 0, 2),
    nights: oneOf(1, 3),
    unitType: door,
    status: oneOf('confirmed', 'confirmed', 'checked-in', 'cancelled'),
  });
  return {
    reservation: {
      core: stay.map(({ from, nights, unitType, status }) => ({
        ...{ status, arrival: day(from), departure: day(from + nights), property: unitType, unitType, channel: null },
      })),
      units: fc.record({ units: oneOf([], [doors[0]], [doors[1]], [...doors]) }),
      guest: fc.record({ name: oneOf('Ada', 'Grace'), adults: oneOf(null, 2), children: oneOf(null) }),
      times: fc.record({ checkIn: oneOf(null, '12:00'), checkOut: oneOf(null, '10:00') }),
    },
    'unit-status': { core: fc.record({ unit: door, status: oneOf('dirty', 'clean'), by: oneOf(null) }) },
    task: {
      core: fc.record({
        unit: door,
        type: oneOf('cleaning'),
        status: oneOf('open', 'done'),
        title: oneOf('linen'),
        due: oneOf(null),
      }),
    },
    ticket: {
      core: fc.record({
        unit: door,
        status: oneOf('open', 'closed'),
        title: oneOf('pipe'),
        outOfOrder: fc.boolean(),
        from: oneOf(null),
        until: oneOf(null),
      }),
    },
    availability: {
      [day(0)]: fc.record({ available: oneOf(0, 1), closed: fc.boolean() }),
      [day(1)]: fc.record({ available: oneOf(0, 1), closed: fc.boolean() }),
    },
    message: {
      core: fc.record({
        conversation: oneOf('7'),
        reservation: oneOf(null),
        direction: oneOf('incoming'),
        body: oneOf('hi', 'ho'),
        sentAt: oneOf(null),
      }),
    },
  };
}

/** What one source says of one entity at once: some of its facets, under one stamp. */
function telling(house: string): fc.Arbitrary<EntityRecord> {
  const contents = contentsOf([`${house}-1`, `${house}-2`]);
  const told = Object.entries(contents).map(([kind, facets]) =>
    fc
      .record({
        entity: oneOf(`${house}-a`, `${house}-b`),
        stamp,
        settled: fc.boolean(),
        facets: fc.record({ existence: maybe(existence), ...mapValues(facets, maybe) }),
      })
      .map(({ entity, stamp: of, settled, facets: given }) => ({
        ...{ kind: kind as Kind, connection: 'c1', entity },
        facets: Object.fromEntries(
          Object.entries(given).flatMap(([name, content]) =>
            content === undefined ? [] : [[name, facet(content, of, settled && of.rank === 1)]],
          ),
        ),
      }))
      .filter(({ facets: given }) => Object.keys(given).length > 0),
  );
  // Half of them are reservations: those make rooms and conflicts.
  return fc.oneof({ arbitrary: told[0]!, weight: 5 }, ...told.slice(1).map((arbitrary) => ({ arbitrary, weight: 1 })));
}

/** A history of one house: tellings with duplicates, in any order, dealt to two replicas of which one may die. */
export function history(house: string): fc.Arbitrary<Delivery[]> {
  const deal = fc.record({ to: oneOf('one' as const, 'two' as const), dies: oneOf(true, false, false, false) });
  return fc
    .array(telling(house), { minLength: 3, maxLength: 10 })
    .chain((tellings) => fc.shuffledSubarray([...tellings, ...tellings], { minLength: tellings.length }))
    .chain((tellings) => fc.tuple(...tellings.map((told) => deal.map((each) => ({ told, ...each })))));
}

export function eventFor(told: EntityRecord): EventMessage {
  const receivedAt = new Date().toISOString();
  return eventOf(told, { tenant: 't1', provider: 'hostaway', lane: 'live', receipt: 'receipt-of-a-history', receivedAt });
}

function mapValues<A, B>(of: Record<string, A>, fn: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, fn(value)]));
}
