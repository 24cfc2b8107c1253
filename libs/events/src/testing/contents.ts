import fc from 'fast-check';
import type { Kind } from '../words.ts';

/**
 * Contents of every facet of every kind. They are few, so that ties, confirmations and returns to an older value are common;
 * a message's body is any text, so that no text is left out.
 */
const name = fc.constantFrom('Ada', 'Grace', '', 'Ünï 🏨', '__proto__');
const id = fc.constantFrom('7', '7/1', 'a.b *>=%');
const maybe = <T>(told: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(told, { freq: 2 });
const oneOf = fc.constantFrom;
const money = fc.record({ amountMinor: oneOf(0, 100, -5), currency: oneOf('EUR', 'USD') });
const hour = oneOf('00:00', '15:00', '23:59');
const instant = oneOf('2026-07-01T10:00:00Z', '2026-07-01T12:00:00.5+02:00');
const existence = fc.record({ state: oneOf('present', 'gone') });

const reservation = {
  core: fc.record({
    status: oneOf('confirmed', 'cancelled'),
    arrival: oneOf('2026-07-01'),
    departure: oneOf('2026-07-03', '2026-07-04'),
    property: id,
    unitType: oneOf('7', '8'),
    channel: oneOf(null),
  }),
  times: fc.record({ checkIn: maybe(hour), checkOut: oneOf(null, '11:00') }),
  units: fc.record({ units: oneOf([], ['7/1'], ['7/1', '7/2'], ['7/2', '7/1']) }),
  guest: fc.record({ name, adults: oneOf(null, 2), children: oneOf(null) }),
  money: fc.record({ total: money }),
};
const operations = {
  message: {
    core: fc.record({
      conversation: id,
      reservation: maybe(id),
      direction: oneOf('incoming', 'outgoing'),
      body: fc.oneof(name, fc.string({ unit: 'binary', maxLength: 20 })),
      sentAt: maybe(instant),
    }),
  },
  'unit-status': {
    core: fc.record({ unit: id, status: oneOf('dirty', 'cleaning', 'clean', 'inspected'), by: maybe(name) }),
  },
  task: {
    core: fc.record({
      unit: maybe(id),
      type: oneOf('cleaning', 'maintenance', 'other'),
      status: oneOf('open', 'in-progress', 'done', 'cancelled'),
      title: name,
      due: maybe(instant),
    }),
  },
  ticket: {
    core: fc.record({
      unit: id,
      status: oneOf('open', 'closed'),
      title: name,
      outOfOrder: fc.boolean(),
      from: maybe(oneOf('2026-07-01')),
      until: maybe(oneOf('2026-07-02')),
    }),
  },
};
const night = fc.record({ available: oneOf(0, 1), closed: fc.boolean() });
const price = fc.record({ price: money, minimumStay: oneOf(null, 2) });

export const CONTENTS: Record<Kind, Record<string, fc.Arbitrary<unknown>>> = {
  property: {
    existence,
    core: fc.record({ name, timeZone: oneOf('Europe/Rome', 'UTC'), checkIn: maybe(hour), checkOut: maybe(hour) }),
  },
  'unit-type': { existence, core: fc.record({ property: id, name, quantity: oneOf(0, 3) }) },
  unit: { existence, core: fc.record({ property: id, unitType: maybe(id), name }) },
  reservation: { existence, ...reservation },
  availability: { existence, '2026-07-01': night, '2026-07-02': night },
  rate: { existence, '2026-07-01': price, '2026-07-02': price },
  message: { existence, ...operations.message },
  'unit-status': { existence, ...operations['unit-status'] },
  task: { existence, ...operations.task },
  ticket: { existence, ...operations.ticket },
};
