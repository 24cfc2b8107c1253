import { parseCalendarEntity } from '@roomwire/events';
import {
  pathSegment,
  PmsError,
  type Listings,
  type PageEnd,
  type PageJob,
  type PagePlan,
  type ReadJob,
  type ReadPlan,
} from '@roomwire/pms-port';
import { wireList, wireReservation } from './wire.ts';

/** The default; how many it may be nobody says. */
const PAGE_ITEMS = 100;
const DAY_MS = 86_400_000;

export function readRequest({ kind, entities: [entity = ''] }: ReadJob): ReadPlan {
  const plan = (operation: string, path: string): ReadPlan => ({ operation, method: 'GET', path, ids: [entity], answers: [404] });
  if (kind === 'reservation') return plan('reservation', `/v1/reservations/${pathSegment(entity)}?includeResources=1`);
  if (kind === 'property') return plan('listing', `/v1/listings/${pathSegment(entity)}`);
  if (kind === 'unit-type') return plan('listing-units', `/v1/listingUnits/${pathSegment(entity)}`);
  if (kind === 'task') return plan('task', `/v1/tasks/${pathSegment(entity)}`);
  if (kind === 'availability' || kind === 'rate') return plan('calendar', calendarPath(entity));
  const [conversation, message, ...more] = entity.split('/');
  if (kind === 'message' && conversation && message && more.length === 0)
    return plan('message', `/v1/conversations/${pathSegment(conversation)}/messages/${pathSegment(message)}`);
  throw refused(`read-${kind}`);
}

function calendarPath(entity: string): string {
  const asked = parseCalendarEntity(entity);
  if (!asked) throw refused('calendar');
  const { unitType, month } = asked;
  const [year = 0, ofYear = 0] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, ofYear, 0)).toISOString().slice(0, 10);
  return `/v1/listings/${pathSegment(unitType)}/calendar?startDate=${month}-01&endDate=${last}&includeResources=1`;
}

export const listings: Listings = {
  lists: [
    { name: 'reservations', kinds: ['reservation'], changedSince: true, sinceResolutionMs: DAY_MS },
    { name: 'listings', kinds: ['property', 'unit'], changedSince: false, sinceResolutionMs: 0 },
    { name: 'tasks', kinds: ['task'], changedSince: false, sinceResolutionMs: 0 },
  ],
  pageRequest,
  pageEnd,
};

function pageRequest(job: PageJob): PagePlan {
  const plan = (path: string, query: Record<string, string>): PagePlan => {
    const whole = new URLSearchParams({ limit: String(PAGE_ITEMS), ...query });
    return { operation: `list-${job.list}`, method: 'GET', path: `${path}?${whole.toString()}` };
  };
  if (job.list === 'reservations')
    return plan('/v1/reservations', { includeResources: '1', ...reservationsWanted(job), ...placeOf(job.cursor) });
  const offset = { offset: job.cursor === null ? '0' : digits(job.cursor) };
  // Amenities, pictures and beds are not told, and a page of them is megabytes.
  if (job.list === 'listings') return plan('/v1/listings', { includeResources: '0', ...offset });
  if (job.list === 'tasks') return plan('/v1/tasks', offset);
  throw refused(`list-${job.list}`);
}

/**
 * Nobody says in which zone the days of `latestActivityStart` are: the day before covers all of them. Everything is asked for by
 * stays, and not what was changed: a stay that has moved away from these nights has to be told too.
 */
function reservationsWanted({ since, nights }: PageJob): Record<string, string> {
  if (since !== null) return { latestActivityStart: dateOf(since - DAY_MS) };
  return { departureStartDate: nights.from, arrivalEndDate: dateOf(Date.parse(nights.until) + DAY_MS) };
}

/** `<after>:<read>`: behind this reservation, and so many are read; without `after`, from that many on. Before, it was `<after>` alone. */
const CURSOR = /^(\d{1,19})?(?::(\d{1,9}))?$/;

function placeOf(cursor: string | null): Record<string, string> {
  if (cursor === null) return {};
  const [, after, read] = CURSOR.exec(cursor) ?? [];
  if (after) return { afterId: after };
  if (read) return { offset: read };
  throw refused('list-reservations');
}

function readBefore(cursor: string | null): number {
  return Number(CURSOR.exec(cursor ?? '')?.[2] ?? 0);
}

/** Once a round: what has moved to the front while it was read is counted too, and is not behind. */
const isByPlace = (cursor: string | null): boolean => cursor?.startsWith(':') ?? false;

/** Read once more where the place of the last one is lost: others may have gone from before it. */
const OVERLAP = 10;

/**
 * What `afterId` does when that reservation has gone from the list (removed, or moved to other nights) nobody says. Where nothing comes
 * though more is counted than was read, the rest is asked for by its place. Then all of it counts as read.
 */
function afterNothing(cursor: string | null, count: number | undefined): string | null {
  const [, after, text] = CURSOR.exec(cursor ?? '') ?? [];
  const read = Number(text ?? NaN);
  return after && count !== undefined && count > read ? `:${Math.max(0, read - OVERLAP)}` : null;
}

function dateOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** Ids and offsets, the only cursors there are. */
function digits(cursor: string): string {
  if (!/^\d{1,19}$/.test(cursor)) throw refused('list');
  return cursor;
}

/** Only an empty page is the last: pages may be shorter than was asked for. */
function pageEnd({ list, cursor }: PageJob, body: unknown): PageEnd {
  const page = wireList.safeParse(body);
  if (!page.success) throw malformed(list);
  const { result, count } = page.data;
  const total = typeof count === 'number' ? { total: count } : {};
  const items = result.length;
  if (items === 0 && list === 'reservations') return { next: afterNothing(cursor, total.total), items, ...total };
  if (items === 0) return { next: null, items, ...total };
  if (list !== 'reservations') return { next: String(Number(cursor ?? 0) + items), items, ...total };
  const last = wireReservation.pick({ id: true }).safeParse(result.at(-1));
  if (!last.success) throw malformed(list);
  const read = Math.max(readBefore(cursor) + items, isByPlace(cursor) ? (total.total ?? 0) : 0);
  return { next: `${last.data.id}:${read}`, items, ...total };
}

function refused(operation: string): PmsError {
  return new PmsError('invalid-request', { provider: 'hostaway', operation, detail: 'no such id, kind or cursor' });
}

function malformed(list: string): PmsError {
  return new PmsError('malformed-answer', { provider: 'hostaway', operation: `list-${list}` });
}
