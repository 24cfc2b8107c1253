import { drainKey, type Drain } from '@roomwire/events';
import { MemoryTable } from './memory-table.ts';

export const ROUND = {
  id: '11111111-1111-4111-8111-111111111111',
  now: 1_800_000_000_000,
  nights: { from: '2027-01-01', until: '2027-12-31' },
  calendarsEveryMs: 6 * 3_600_000,
};

/** A list's poll before its first round. */
export const drainOf = (more: Partial<Drain> = {}): Drain => ({
  ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', list: 'reservations', lane: 'poll' },
  ...{ since: ROUND.now - 90_000_000, everyMs: 60_000, dueAt: ROUND.now, calendarsDueAt: 0, round: null, last: null },
  ...more,
});

/** The bucket of where lists stand. */
export class DrainTable extends MemoryTable<Drain> {
  constructor(drains: readonly Drain[] = []) {
    super();
    for (const each of drains) this.keep(drainKey(each), each);
  }
}
