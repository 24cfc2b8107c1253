import type { Drain } from '@roomwire/events';
import { adapterOf } from '@roomwire/pms-adapters';
import { drainOf, ROUND } from '../testing/drain.ts';
import { jobOf } from '../testing/reading.ts';
import { begun, failed } from './drain.ts';
import { isListed, isBackfilling, type Standing } from './reading.ts';

const { lists } = adapterOf('hostaway')!.listings!;
const [first, reading] = [drainOf({ lane: 'backfill' }), begun(drainOf({ lane: 'backfill' }), ROUND)];
const over: Drain = { ...failed(reading, 'x', ROUND.now), dueAt: null };
const standing =
  (held: Drain | undefined): Standing =>
  () =>
    held;

describe('everything of a connection', () => {
  it.each<[string, Drain | undefined, boolean]>([
    ['is to be read where nobody has begun yet', undefined, true],
    ['is to be read where it never was, though nobody has begun yet', { ...first, dueAt: ROUND.now + 5_000 }, true],
    ['is being read', reading, true],
    ['is to be read again at once', { ...over, dueAt: ROUND.now }, true],
    ['is not being read where it was', over, false],
    ['is not being read while what failed waits', { ...over, dueAt: ROUND.now + 1 }, false],
  ])('%s', (_name, held, expected) => {
    expect(isBackfilling(lists, standing(held), ROUND.now)).toBe(expected);
  });

  it('is never backfilled where lists can only be read whole', () => {
    const whole = lists.filter(({ changedSince }) => !changedSince);

    expect(isBackfilling(whole, standing(undefined), ROUND.now)).toBe(false);
  });
});

describe('a house that a page names first', () => {
  const hintAt = new Date(ROUND.now).toISOString();
  const job = jobOf({ kind: 'property', lane: 'poll', reason: 'unknown-property', hintAt });
  const listed = (endedAt: number, problem: string | null = null): Standing =>
    standing({ ...over, last: { ...over.last!, endedAt, problem } });

  it('is not asked for one by one where the list of houses is about to tell it, or has told it since', () => {
    expect(isListed(job, lists, standing(undefined))).toBe(true);
    expect(isListed(job, lists, standing(reading))).toBe(true);
    expect(isListed(job, lists, listed(ROUND.now))).toBe(true);
    expect(isListed(job, lists, listed(ROUND.now - 1))).toBe(false);
    expect(isListed(job, lists, listed(ROUND.now, 'malformed-answer'))).toBe(false);
  });

  it('is asked for at once where a webhook named it, where another reason is, and where no list tells it', () => {
    expect(isListed({ ...job, lane: 'live' }, lists, standing(undefined))).toBe(false);
    expect(isListed({ ...job, reason: 'hint' }, lists, standing(undefined))).toBe(false);
    expect(isListed(job, [], standing(undefined))).toBe(false);
  });
});
