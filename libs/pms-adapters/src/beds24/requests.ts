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
import { datesOf, STATUSES } from './mapping.ts';
import { wirePage } from './wire.ts';

/** Repeated, one each: several in one parameter are refused, and what is not named is left out. */
const ALL_STATUSES = Object.keys(STATUSES)
  .map((status) => `status=${status}`)
  .join('&');
const PROPERTY_PARTS = 'includeAllRooms=true&includeUnitDetails=true';
/** Nothing comes that is not asked for. */
const CALENDAR_PARTS = 'includeNumAvail=true&includeOverride=true&includeMinStay=true&includePrices=true';
/** Messages are asked for by their age, in days; the most that is taken. */
const MESSAGE_DAYS_MAX = 999;
/** Nobody states the zone that `modifiedFrom` is in, if the `Z` behind it is not heeded. */
const DAY_MS = 86_400_000;

export function readRequest({ kind, entities }: ReadJob): ReadPlan {
  const plan = (operation: string, path: string): ReadPlan => ({ operation, method: 'GET', path, ids: [...entities] });
  const ids = entities.map((entity) => `id=${pathSegment(entity)}`).join('&');
  if (kind === 'reservation') return plan('bookings', `/bookings?${ids}&${ALL_STATUSES}`);
  if (kind === 'property') return plan('properties', `/properties?${ids}&${PROPERTY_PARTS}`);
  if (kind === 'message') return plan('messages', `/bookings/messages?${ids}`);
  if (kind === 'availability' || kind === 'rate') return plan('calendar', calendarPath(entities));
  throw new PmsError('invalid-request', { provider: 'beds24', operation: `read-${kind}`, detail: 'no such kind' });
}

/** All the rooms, from the first of the months to the last. */
function calendarPath(entities: readonly string[]): string {
  const calendars = entities.map(parseCalendarEntity).filter((calendar) => calendar !== undefined);
  if (calendars.length < entities.length)
    throw new PmsError('invalid-request', { provider: 'beds24', operation: 'calendar', detail: 'no such id' });
  const months = calendars.map(({ month }) => month).sort();
  const rooms = [...new Set(calendars.map(({ unitType }) => `roomId=${pathSegment(unitType)}`))].join('&');
  const [from, until] = [datesOf(months[0]!)[0]!, datesOf(months.at(-1)!).at(-1)!];
  return `/inventory/rooms/calendar?${rooms}&startDate=${from}&endDate=${until}&${CALENDAR_PARTS}`;
}

export const listings: Listings = {
  lists: [
    { name: 'bookings', kinds: ['reservation'], changedSince: true, sinceResolutionMs: DAY_MS },
    { name: 'properties', kinds: ['property', 'unit-type', 'unit'], changedSince: false, sinceResolutionMs: 0 },
    { name: 'calendar', kinds: ['availability', 'rate'], changedSince: false, sinceResolutionMs: 0 },
    { name: 'messages', kinds: ['message'], changedSince: true, sinceResolutionMs: DAY_MS },
  ],
  pageRequest,
  pageEnd,
};

function pageRequest(job: PageJob): PagePlan {
  return { operation: `${job.list}-page`, method: 'GET', path: `${pathOf(job)}&page=${pageOf(job)}` };
}

/** Without a filter only what is still to come is listed. */
function pathOf(job: PageJob): string {
  const { list, since } = job;
  const { from, until } = job.nights;
  if (list === 'bookings' && since !== null)
    return `/bookings?modifiedFrom=${new Date(since).toISOString().slice(0, 19)}Z&${ALL_STATUSES}`;
  if (list === 'bookings') return `/bookings?departureFrom=${from}&arrivalTo=${until}&${ALL_STATUSES}`;
  if (list === 'properties') return `/properties?${PROPERTY_PARTS}`;
  if (list === 'calendar') return `/inventory/rooms/calendar?startDate=${from}&endDate=${until}&${CALENDAR_PARTS}`;
  return `/bookings/messages?maxAge=${daysOf(job)}`;
}

/** An age is counted from now: where nobody says when that is, all there are. */
function daysOf({ since, startedAt }: PageJob): number {
  if (since === null || startedAt === undefined) return MESSAGE_DAYS_MAX;
  return Math.min(Math.max(1, Math.ceil((startedAt - since) / DAY_MS) + 1), MESSAGE_DAYS_MAX);
}

/** Counted by us: `nextPageLink` is an address, and a token is sent to none that an answer names. */
function pageOf({ list, cursor }: PageJob): number {
  if (cursor === null) return 1;
  if (/^[1-9]\d{0,5}$/.test(cursor)) return Number(cursor);
  throw new PmsError('invalid-request', { provider: 'beds24', operation: `${list}-page`, detail: 'no such cursor' });
}

function pageEnd(job: PageJob, body: unknown): PageEnd {
  const parsed = wirePage.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider: 'beds24', operation: `${job.list}-page` });
  const { data, pages } = parsed.data;
  return { next: pages.nextPageExists ? String(pageOf(job) + 1) : null, items: data.length };
}
