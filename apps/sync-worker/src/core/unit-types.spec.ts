import { facet, type EntityRecord } from '@roomwire/events';
import { drainOf, ROUND } from '../testing/drain.ts';
import { monthsOf, readsOfTypes, type Asking } from './unit-types.ts';
import { begun } from './drain.ts';

const told = (kind: EntityRecord['kind'], entity: string, core?: unknown): EntityRecord => ({
  ...{ kind, connection: 'c1', entity },
  facets: core ? { core: facet(core, { epoch: 0, modifiedAt: 1, rank: 1, observedAt: 1, mapping: 1 }) } : {},
});
const held = begun(drainOf(), { ...ROUND, nights: { from: '2027-11-30', until: '2028-01-01' } });
const asking: Asking = {
  ...{ reads: ['reservation', 'unit-type', 'availability'], listed: ['property', 'unit-type'] },
  ...{ receipt: 'receipt-of-it', at: '2027-11-30T00:00:00.000Z' },
};
const asked = (tellings: EntityRecord[], more: Partial<Asking> = {}) =>
  readsOfTypes(held, tellings, { ...asking, ...more }).map(({ kind, entity, lane }) => [kind, entity, lane]);

describe('what a page leaves to be read by id', () => {
  it('is the calendars of each unit type, once, month by month', () => {
    expect(asked([told('property', 'p'), told('unit-type', 'a'), told('unit', 'a'), told('unit-type', 'a')])).toEqual([
      ['availability', 'a:2027-11', 'backfill'],
      ['availability', 'a:2027-12', 'backfill'],
      ['availability', 'a:2028-01', 'backfill'],
    ]);
  });

  it('is the type itself where the list names it and does not tell it', () => {
    const unit = told('unit', '101', { property: 'p', unitType: 'b', name: '101' });

    expect(asked([unit], { reads: ['unit-type'], listed: ['unit'] })).toEqual([['unit-type', 'b', 'backfill']]);
  });

  it('is nothing where the lists tell it all, or nobody reads it', () => {
    expect(asked([told('unit-type', 'a')], { listed: ['unit-type', 'availability'] })).toEqual([]);
    expect(asked([told('unit-type', 'a')], { reads: ['reservation'] })).toEqual([]);
  });

  it('is at least one month', () => {
    expect(monthsOf({ from: '2027-02-03', until: '2027-02-03' })).toEqual(['2027-02']);
  });
});
