import type { Drain } from '@roomwire/events';
import { readingText } from './reading.ts';

const now = 1_800_000_000_000;
const drain: Drain = {
  ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', list: 'reservations', lane: 'poll' },
  ...{ since: null, everyMs: 60_000, dueAt: now + 30_000, calendarsDueAt: 0, round: null, last: null },
};
const mark = { newest: 0, rest: '0' };
const last = { endedAt: now - 90_000, pages: 4, items: 312, problem: null, mark };
const round: NonNullable<Drain['round']> = {
  ...{ id: '11111111-1111-4111-8111-111111111111', startedAt: now - 100_000, since: null },
  ...{ nights: { from: '2027-01-01', until: '2027-12-31' }, page: 12, cursor: 'x', items: 1_200, total: 3_600 },
  ...{ from: now, mark, withCalendars: false, asked: 1 },
};

describe('readingText', () => {
  it.each<[string, Partial<Drain>, string]>([
    ['has not begun', {}, 'begins in 30s'],
    ['is over for now', { last }, '312 items on 4 pages, 90s ago, again in 30s'],
    ['is over for good', { lane: 'backfill', last, dueAt: null }, 'done: 312 items on 4 pages, 90s ago'],
    ['failed', { last: { ...last, problem: 'malformed-answer' } }, 'failed 90s ago on page 5: malformed-answer, again in 30s'],
    ['is under way', { round }, 'page 13 of about 36, 1200 of about 3600 items, 12/s, about 3m left'],
    ['is under way, and nobody says how far', { round: { ...round, total: null } }, 'page 13, 1200 items, 12/s'],
    ['has just begun', { round: { ...round, page: 0, items: 0, total: null, startedAt: now } }, 'page 1, 0 items'],
    [
      'has found more than there were to be',
      { round: { ...round, total: 900 } },
      'page 13 of about 12, 1200 of about 1200 items, 12/s, about 0s left',
    ],
  ])('says of a list that %s', (_name, more, text) => {
    expect(readingText({ ...drain, ...more }, now)).toBe(text);
  });
});
