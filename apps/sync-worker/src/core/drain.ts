import { connectionId, localDate, pageJob, providerId, tenantId, type PageJob } from '@roomwire/events';
import type { Listing, PageEnd } from '@roomwire/pms-port';
import { z } from 'zod';
import { NOTHING, sameMark, type Mark } from './mark.ts';

const mark = z.strictObject({ newest: z.int().min(0), rest: z.string().regex(/^[0-9a-f]{1,16}$/) });

/** One reading of a list from its first page to its last. Instants in epoch ms. */
const round = z.strictObject({
  id: z.uuid(),
  startedAt: z.int(),
  /** What it asks for: changed at or after, by the provider's clock; null: everything. */
  since: z.int().nullable(),
  nights: z.strictObject({ from: localDate, until: localDate }),
  /** The page that is to be read, and the provider's word for it. */
  page: z.int().min(0),
  cursor: z.string().nullable(),
  items: z.int().min(0),
  /** Of all pages, where the provider says so. */
  total: z.int().min(0).nullable(),
  /** The provider's clock when it gave the first page: the next round's `since` comes from it. */
  from: z.int().nullable(),
  mark,
  /** Whether what it tells of unit types has their calendars read too. */
  withCalendars: z.boolean(),
  /** How often its present page was asked for: raised by whoever finds that nothing moves. */
  asked: z.int().min(1),
});

/** Where the reading of one list stands. Bucket `sync`, {@link drainKey}; written by compare-and-set alone. */
export const drain = z.strictObject({
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  list: pageJob.shape.list,
  /** `poll`: again and again. `backfill`: once, everything. */
  lane: pageJob.shape.lane,
  since: z.int().nullable(),
  everyMs: z.int().min(0),
  /** When the next round begins, by the clock of whoever wrote it: it paces, and nothing more. Null: never. */
  dueAt: z.int().nullable(),
  calendarsDueAt: z.int(),
  round: round.nullable(),
  /** How the last round ended. `mark`: of the last one that was read to its end. */
  last: z.strictObject({ endedAt: z.int(), pages: z.int(), items: z.int(), problem: z.string().nullable(), mark }).nullable(),
});
export type Drain = z.infer<typeof drain>;

export function drainKey({ connection, list, lane }: Pick<Drain, 'connection' | 'list' | 'lane'>): string {
  return `page.${connection}.${list}.${lane}`;
}

export type Beginning = { id: string; now: number; nights: { from: string; until: string } };

const CALENDARS_EVERY_MS = 6 * 3_600_000;

export function begun(held: Drain, { id, now, nights }: Beginning): Drain {
  const withCalendars = held.calendarsDueAt <= now;
  return {
    ...held,
    calendarsDueAt: withCalendars ? now + CALENDARS_EVERY_MS : held.calendarsDueAt,
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
