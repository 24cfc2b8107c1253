import type { Drain, PageJob } from '@roomwire/events';
import type { Listing, PageEnd } from '@roomwire/pms-port';
import type { Nights } from './nights.ts';
import { NOTHING, sameMark, type Mark } from './mark.ts';

export type Beginning = {
  id: string;
  now: number;
  nights: Nights;
  /** Everything is being read: what would be asked for besides, page by page, would stand before the next page. */
  isBackfilling?: boolean;
  /** Between two reads of all calendars. */
  calendarsEveryMs: number;
};

export function begun(held: Drain, { id, now, nights, isBackfilling = false, calendarsEveryMs }: Beginning): Drain {
  const withCalendars = !isBackfilling && held.calendarsDueAt <= now;
  return {
    ...held,
    calendarsDueAt: withCalendars ? now + calendarsEveryMs : held.calendarsDueAt,
    round: {
      ...{ id, startedAt: now, since: held.since, nights, page: 0, cursor: null, items: 0, total: null, from: null },
      ...{ mark: NOTHING, withCalendars, asked: 1 },
    },
  };
}

/** The job of the page that is to be read; undefined between rounds. */
export function jobOf({ tenant, provider, connection, list, lane, round: now }: Drain): PageJob | undefined {
  return now ? { tenant, provider, connection, kind: 'page', list, lane, round: now.id, page: now.page } : undefined;
}

/** Where a job stands to the round that it names: `other`: that one is over, or was never. */
export function standingOf(held: Drain | undefined, job: PageJob): 'present' | 'past' | 'other' {
  if (held?.round?.id !== job.round || job.page > held.round.page) return 'other';
  return job.page === held.round.page ? 'present' : 'past';
}

export type PageRead = {
  end: PageEnd;
  /** `Date` of the answer, epoch ms; null where there was none. */
  providerDate: number | null;
  /** Grant of its permit, epoch ms by Redis' clock. */
  observedMs: number;
  mark: Mark;
};

/** For clocks that differ, and for what a provider stamps a little before it lists it, ms. */
const MARGIN_MS = 60_000;
/** Where the provider tells no time, Redis' clock stands in, and may be so far ahead, ms. */
const CLOCKS_APART_MS = 5 * 60_000;

/** With its present page read. Its last one ends the round, and only then does the next begin where this one did. */
export function advanced(
  held: Drain,
  read: PageRead,
  list: Pick<Listing, 'changedSince' | 'sinceResolutionMs'>,
  lagMs: number,
  now: number,
): Drain {
  const { end } = read;
  const before = held.round!;
  const from = before.from ?? read.providerDate ?? read.observedMs - CLOCKS_APART_MS;
  const next = {
    ...before,
    ...{ page: before.page + 1, cursor: end.next, items: before.items + end.items, total: end.total ?? before.total },
    ...{ from, mark: read.mark, asked: 1 },
  };
  if (end.next !== null) return { ...held, round: next };
  const since = list.changedSince && held.lane === 'poll' ? from - list.sinceResolutionMs - lagMs - MARGIN_MS : held.since;
  const last = { endedAt: now, pages: next.page, items: next.items, problem: null, mark: read.mark };
  return { ...held, since, round: null, last };
}

/** The round is given up where it stands: the next one begins where it began. */
export function failed(held: Drain, problem: string, now: number): Drain {
  const { page, items } = held.round!;
  const last = { endedAt: now, pages: page, items, problem, mark: held.last?.mark ?? NOTHING };
  return { ...held, round: null, last };
}

/** Whether a round that has just ended found anything that the one before it had not. */
export function foundNews(before: Drain, after: Drain): boolean {
  return !after.last || !before.last || !sameMark(before.last.mark, after.last.mark);
}
