import { z } from 'zod';
import { pageJob } from './event.ts';
import { localDate } from './facets.ts';
import { connectionId, providerId, tenantId } from './ids.ts';

/**
 * What a round found, in so few bytes that it can be kept: two rounds of one mark found the same. `newest`: latest stamp of what the
 * provider stamps, µs. `rest`: of what it does not, a sum of the contents.
 */
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
