import fc from 'fast-check';
import { facet, type EntityRecord, type FacetState, type Stamp } from '../record.ts';

/** Contents are few, so that ties, confirmations and returns to an older value are common. */
const CONTENTS: Record<string, fc.Arbitrary<unknown>> = {
  existence: fc.constantFrom({ state: 'present' }, { state: 'gone' }),
  core: fc.constantFrom(
    ...['confirmed', 'cancelled'].flatMap((status) =>
      ['7', '8'].map((unitType) => ({
        status,
        arrival: '2026-07-01',
        departure: '2026-07-03',
        property: '7',
        unitType,
        channel: null,
      })),
    ),
  ),
  times: fc.constantFrom(
    { checkIn: null, checkOut: null },
    { checkIn: '15:00', checkOut: '11:00' },
    { checkIn: '15:00', checkOut: '14:00' },
  ),
  units: fc.constantFrom({ units: [] }, { units: ['7/1'] }, { units: ['7/2', '7/1'] }),
  guest: fc.constantFrom(...['Ada', 'Grace', ''].map((name) => ({ name, adults: null, children: null }))),
  money: fc.constantFrom(...[0, 100].map((amountMinor) => ({ total: { amountMinor, currency: 'EUR' } }))),
};
export const FACETS = Object.keys(CONTENTS);

/** Few stamps, pushes and reads, two mappings and epochs: every branch of the order is met often. */
const stamp: fc.Arbitrary<{ stamp: Stamp; settled: boolean }> = fc
  .record({
    epoch: fc.constantFrom(0, 0, 0, 1),
    modifiedAt: fc.integer({ min: 1, max: 4 }).map((second) => second * 1_000_000),
    rank: fc.constantFrom(0 as const, 1 as const),
    observedAt: fc.integer({ min: 1, max: 3 }),
    mapping: fc.constantFrom(1, 1, 2),
    settled: fc.boolean(),
  })
  // A push was never observed; whether a read is settled follows from when it was made.
  .map(({ settled, ...told }) =>
    told.rank === 0
      ? { stamp: { ...told, observedAt: 0 }, settled: false }
      : { stamp: told, settled: settled && told.observedAt > 1 },
  );

/** A telling carries some facets, all under one stamp, as a webhook or a row of a page does. */
export const telling: fc.Arbitrary<EntityRecord> = fc
  .tuple(stamp, fc.subarray(FACETS, { minLength: 1 }))
  .chain(([told, names]) =>
    fc.tuple(fc.constant(told), fc.tuple(...names.map((name) => CONTENTS[name]!.map((content) => [name, content] as const)))),
  )
  .map(([told, contents]) => ({
    ...{ kind: 'reservation' as const, connection: 'c1', entity: '1' },
    facets: Object.fromEntries(contents.map(([name, content]) => [name, facet(content, told.stamp, told.settled)])),
  }));

export const history = fc.array(telling, { minLength: 1, maxLength: 12 });

/** A history, and the same tellings in another order with some told twice. */
export const twoTellings = history.chain((told) =>
  fc.tuple(fc.constant(told), fc.array(fc.nat(told.length - 1), { maxLength: 6 })).chain(([all, again]) => {
    const doubled = [...all, ...again.map((index) => all[index]!)];
    return fc.tuple(fc.constant(all), fc.shuffledSubarray(doubled, { minLength: doubled.length, maxLength: doubled.length }));
  }),
);

export function guest(name: string, told: Partial<Stamp> & { settled?: boolean } = {}): EntityRecord {
  const { settled = false, ...more } = told;
  const state: FacetState = facet(
    { name, adults: null, children: null },
    { epoch: 0, modifiedAt: 1, rank: 0, observedAt: 0, mapping: 1, ...more },
    settled,
  );
  return { kind: 'reservation', connection: 'c1', entity: '1', facets: { guest: state } };
}
