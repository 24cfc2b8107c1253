import fc from 'fast-check';
import type { Kind } from '@roomwire/events';

const { constantFrom: oneOf } = fc;
const DAY_MS = 86_400_000;

/** Local date so many days from today, by UTC. */
export const day = (offset: number): string => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);

/** The doors of a generated house; every door is a listing of its own, as at Hostaway. */
export const doorsOf = (house: string): [string, string] => [`${house}-1`, `${house}-2`];
/** A door that nothing but its own house's founding names. */
export const lateDoorOf = (house: string): string => `${house}-3`;

const money = fc.record({ amountMinor: oneOf(0, 9_900), currency: oneOf('EUR') });
const night = fc.record({ available: oneOf(0, 1), closed: fc.boolean() });
const price = fc.record({ price: money, minimumStay: oneOf(null, 2) });
const nights = <T>(of: fc.Arbitrary<T>): Record<string, fc.Arbitrary<T>> =>
  Object.fromEntries([0, 1, 2, 3].map((offset) => [day(offset), of]));

/** Contents by kind and facet. Few values, so that ties, confirmations and returns to an older content are common. */
export function contentsOf(house: string): Record<Kind, Record<string, fc.Arbitrary<unknown>>> {
  const doors = doorsOf(house);
  const door = oneOf(...doors);
  return {
    reservation: {
      core: fc
        .record({
          ...{ from: oneOf(-2, -1, 0, 0, 1, 2), nights: oneOf(1, 2, 5), unitType: oneOf(doors[0], ...doors) },
          status: oneOf(
            'confirmed',
            'confirmed',
            'confirmed',
            'confirmed',
            'tentative',
            'checked-in',
            'cancelled',
            'checked-out',
            'owner',
            'inquiry',
          ),
        })
        .map(({ from, nights: count, unitType, status }) => ({
          ...{ status, arrival: day(from), departure: day(from + count), property: unitType, unitType, channel: null },
        })),
      units: fc.record({ units: oneOf([], [], [doors[0]], [doors[0]], [doors[1]], [...doors]) }),
      guest: fc.record({ name: oneOf('Ada', 'Grace'), adults: oneOf(null, 2), children: oneOf(null) }),
      times: fc.record({ checkIn: oneOf(null, '12:00'), checkOut: oneOf(null, '10:00', '14:00') }),
      money: fc.record({ total: money }),
    },
    property: {
      core: fc.record({
        name: oneOf('House'),
        timeZone: oneOf('UTC', 'Europe/Rome', 'Pacific/Kiritimati', 'Nowhere/Ever'),
        checkIn: oneOf(null, '16:00'),
        checkOut: oneOf(null, '09:00'),
      }),
    },
    'unit-type': { core: fc.record({ property: oneOf(doors[0]), name: oneOf('Suite'), quantity: oneOf(1, 2) }) },
    unit: { core: fc.record({ property: oneOf(doors[0]), unitType: oneOf(null), name: oneOf('Attic', 'Cellar') }) },
    'unit-status': { core: fc.record({ unit: door, status: oneOf('dirty', 'clean'), by: oneOf(null) }) },
    task: {
      core: fc.record({
        ...{ unit: oneOf(null, ...doors), type: oneOf('cleaning'), title: oneOf('linen'), due: oneOf(null) },
        status: oneOf('open', 'in-progress', 'done'),
      }),
    },
    ticket: {
      core: fc.record({
        ...{ unit: door, status: oneOf('open', 'open', 'closed'), title: oneOf('pipe'), outOfOrder: fc.boolean() },
        ...{ from: oneOf(null, day(-1), day(1)), until: oneOf(null, day(-1), day(1)) },
      }),
    },
    message: {
      core: fc.record({
        ...{ conversation: oneOf(house), reservation: oneOf(null), direction: oneOf('incoming') },
        ...{ body: oneOf('hi', 'ho'), sentAt: oneOf(null) },
      }),
    },
    availability: nights(night),
    rate: nights(price),
  };
}
