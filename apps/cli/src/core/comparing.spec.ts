import type { Reconciling } from '@roomwire/events';
import { comparingFindings, comparingText } from './comparing.ts';

const now = 1_800_000_000_000;
const found = { missing: 1, changed: 2, older: 0, unlisted: 0 };
const held: Reconciling = {
  ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', since: now - 900_000, dueAt: now, calls: 4 },
  ...{ pass: null, open: [], last: null, late: null },
};
const last = { startedAt: now - 120_000, endedAt: now - 90_000, pages: 4, items: 312, calls: 5, found };
const pass: NonNullable<Reconciling['pass']> = {
  ...{ id: '11111111-1111-4111-8111-111111111111', startedAt: now - 100_000 },
  ...{ nights: { from: '2027-01-01', until: '2027-12-31' }, list: 'reservations', cursor: 'x', page: 12 },
  ...{ items: 1_200, asked: 1, unread: [], found },
};
const open: Reconciling['open'] = [
  {
    ...{ kind: 'reservation', entity: '7', why: 'missing', foundAt: now - 60_000, seenAt: now, epoch: 0, stamp: 1 },
    ...{ says: {}, askedAt: null },
  },
];

describe('comparingText', () => {
  it.each<[string, Partial<Reconciling>, string]>([
    ['has not begun', {}, 'begins'],
    ['is over for now', { last }, '312 items, 5 calls, 3 found, 90s ago'],
    ['is over and has found what is not repaired', { last, open }, '312 items, 5 calls, 3 found, 90s ago, 1 differ, for 60s'],
    ['is under way', { last, pass }, 'page 13, 1200 items'],
    ['is at its end', { pass: { ...pass, list: null }, open }, 'what no list told, 1 differ, for 60s'],
  ])('says of a comparison that %s', (_name, more, text) => {
    expect(comparingText({ ...held, ...more }, now)).toBe(text);
  });

  it('warns of a bound that is exceeded, and says nothing where nobody compares', () => {
    expect(comparingFindings(null, now)).toEqual([]);
    const levels = ([null, 'found', 'repaired'] as const).map(
      (late) => comparingFindings({ ...held, last, late }, now)[0]!.level,
    );
    expect(levels).toEqual(['ok', 'warning', 'warning']);
  });
});
