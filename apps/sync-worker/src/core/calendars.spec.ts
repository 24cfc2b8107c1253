import type { EntityRecord } from '@roomwire/events';
import { calendarJobs, monthsOf } from './calendars.ts';
import { begun } from './drain.ts';
import { drainOf, ROUND } from '../testing/drain.ts';

const told = (kind: EntityRecord['kind'], entity: string): EntityRecord => ({ kind, connection: 'c1', entity, facets: {} });

describe('the calendars of what a page tells', () => {
  it('are asked for month by month, of each unit type once', () => {
    const held = begun(drainOf(), { ...ROUND, nights: { from: '2027-11-30', until: '2028-01-01' } });
    const tellings = [told('property', 'p'), told('unit-type', 'a'), told('unit', 'a'), told('unit-type', 'a')];
    const jobs = calendarJobs(held, ['reservation', 'availability'], tellings, {
      receipt: 'receipt-of-it',
      at: '2027-11-30T00:00:00.000Z',
    });

    expect(jobs.map(({ kind, entity, lane }) => [kind, entity, lane])).toEqual([
      ['availability', 'a:2027-11', 'backfill'],
      ['availability', 'a:2027-12', 'backfill'],
      ['availability', 'a:2028-01', 'backfill'],
    ]);
    expect(calendarJobs(held, ['reservation'], tellings, { receipt: 'receipt-of-it', at: '' })).toEqual([]);
  });

  it('are at least those of one month', () => {
    expect(monthsOf({ from: '2027-02-03', until: '2027-02-03' })).toEqual(['2027-02']);
  });
});
