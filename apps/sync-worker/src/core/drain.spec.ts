import { drain, drainKey } from '@roomwire/events';
import { drainOf, ROUND } from '../testing/drain.ts';
import { advanced, begun, failed, foundNews, jobOf, standingOf, type PageRead } from './drain.ts';
import { NOTHING } from './mark.ts';

const LIST = { changedSince: true, sinceResolutionMs: 86_400_000 };
const LAG_MS = 10_000;
const later = ROUND.now + 5_000;
const read = (next: string | null, more: Partial<PageRead> = {}): PageRead => ({
  ...{ end: { next, items: 100 }, providerDate: ROUND.now + 1_000, observedMs: ROUND.now + 900, mark: { newest: 7, rest: '0' } },
  ...more,
});
const round = begun(drainOf(), ROUND);

describe('the reading of a list', () => {
  it('goes from page to page, and every stand of it can be stored', () => {
    expect(jobOf(drainOf())).toBeUndefined();
    expect(jobOf(round)).toMatchObject({ kind: 'page', list: 'reservations', round: ROUND.id, page: 0 });
    const second = advanced(round, read('c-1'), LIST, LAG_MS, later);
    expect(second.round).toMatchObject({ page: 1, cursor: 'c-1', items: 100 });
    expect(second.since).toBe(round.since);
    const over = advanced(second, read(null), LIST, LAG_MS, later);
    expect(over).toMatchObject({ round: null, last: { pages: 2, items: 200, problem: null, endedAt: later } });
    for (const each of [drainOf(), round, second, over]) expect(drain.parse(each)).toEqual(each);
    expect(drainKey(over)).toBe('page.c1.reservations.poll');
  });

  it('lets the next round begin before where this one’s first page was given, by the provider’s clock', () => {
    const second = advanced(round, read('c-1'), LIST, LAG_MS, later);
    const over = advanced(second, read(null, { providerDate: ROUND.now + 999_000 }), LIST, LAG_MS, later);

    expect(over.since).toBe(ROUND.now + 1_000 - LIST.sinceResolutionMs - LAG_MS - 60_000);
  });

  it('takes Redis’ clock, and more room, where the provider tells no time', () => {
    const over = advanced(round, read(null, { providerDate: null }), LIST, LAG_MS, later);

    expect(over.since).toBe(ROUND.now + 900 - 5 * 60_000 - LIST.sinceResolutionMs - LAG_MS - 60_000);
  });

  it('goes back with a provider whose clock goes back: nothing can have a stamp that it has not reached', () => {
    const over = advanced(round, read(null, { providerDate: ROUND.now - 10 * 86_400_000 }), LIST, LAG_MS, later);

    expect(over.since!).toBeLessThan(round.since!);
  });

  it('never asks a whole list for changes, nor a backfill', () => {
    const whole = begun(drainOf({ since: null }), ROUND);
    expect(advanced(whole, read(null), { ...LIST, changedSince: false }, LAG_MS, later).since).toBeNull();
    const backfill = begun(drainOf({ since: null, lane: 'backfill' }), ROUND);
    expect(advanced(backfill, read(null), LIST, LAG_MS, later).since).toBeNull();
  });

  it('begins again where it began when it fails on the way', () => {
    const second = advanced(round, read('c-1'), LIST, LAG_MS, later);

    expect(failed(second, 'malformed-answer', later)).toMatchObject({
      since: round.since,
      round: null,
      last: { pages: 1, problem: 'malformed-answer', mark: NOTHING },
    });
  });

  it('knows a page of its own, of before, and of another round', () => {
    const first = jobOf(round)!;
    const second = advanced(round, read('c-1'), LIST, LAG_MS, later);

    expect(standingOf(round, first)).toBe('present');
    expect(standingOf(second, first)).toBe('past');
    expect(standingOf(round, jobOf(second)!)).toBe('other');
    expect(standingOf(begun(round, { ...ROUND, id: ROUND.id.replace(/1/g, '2') }), first)).toBe('other');
    expect([standingOf(undefined, first), standingOf(drainOf(), first)]).toEqual(['other', 'other']);
  });

  it('says whether there was news, and after a failure nothing else', () => {
    const once = advanced(round, read(null), LIST, LAG_MS, later);
    const again = advanced(begun(once, ROUND), read(null), LIST, LAG_MS, later);
    const changed = advanced(begun(again, ROUND), read(null, { mark: { newest: 8, rest: '0' } }), LIST, LAG_MS, later);

    expect([foundNews(round, once), foundNews(once, again), foundNews(again, changed)]).toEqual([true, false, true]);
    expect(
      foundNews(failed(begun(again, ROUND), 'x', later), advanced(begun(again, ROUND), read(null), LIST, LAG_MS, later)),
    ).toBe(false);
  });

  it('has calendars read in one of many rounds', () => {
    const next = begun({ ...round, round: null }, { ...ROUND, now: ROUND.now + 60_000 });

    expect([round.round!.withCalendars, next.round!.withCalendars]).toEqual([true, false]);
    expect(begun(next, { ...ROUND, now: ROUND.now + 6 * 3_600_000 }).round!.withCalendars).toBe(true);
  });
});
