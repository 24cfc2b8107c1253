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
import { wireApartments, wireEntity, wireRates, wireReservations } from './wire.ts';

/** Cancelled ones come only so. */
const WITH_CANCELLED = 'showCancellation=true';
const PAGE_SIZE = 100;
/** Apartments of one request for rates: so many ids are a short cursor. */
const APARTMENTS_AT_ONCE = 20;
/** `modifiedFrom` is a date in a zone that nobody states. */
const DAY_MS = 86_400_000;

export function readRequest({ kind, entities, cursor = '1' }: ReadJob): ReadPlan {
  const plan = (operation: string, path: string): ReadPlan => ({
    operation,
    method: 'GET',
    path,
    ids: [...entities],
    answers: [404],
  });
  const [entity = ''] = entities;
  if (kind === 'reservation') return plan('reservation', `/api/reservations/${pathSegment(entity)}?${WITH_CANCELLED}`);
  if (kind === 'property') return plan('apartment', `/api/apartments/${pathSegment(entity)}`);
  if (kind === 'availability' || kind === 'rate') return { ...plan('rates', monthsPath(entities)), answers: [] };
  const [reservation, message, ...more] = entity.split('/');
  if (kind === 'message' && reservation && message && more.length === 0 && /^[1-9]\d{0,4}$/.test(cursor))
    return plan('messages', `/api/reservations/${pathSegment(reservation)}/messages?page=${cursor}`);
  throw refused(`read-${kind}`, 'no such id or kind');
}

/** All the apartments, from the first of the months to the last. */
function monthsPath(entities: readonly string[]): string {
  const calendars = entities.map(parseCalendarEntity).filter((calendar) => calendar !== undefined);
  if (calendars.length < entities.length) throw refused('rates', 'no such id');
  const months = calendars.map(({ month }) => month).sort();
  const last = Temporal.PlainYearMonth.from(months.at(-1)!);
  const apartments = calendars.map(({ unitType }) => unitType);
  return ratesPath(apartments, `${months[0]!}-01`, last.toPlainDate({ day: last.daysInMonth }).toString());
}

/** Nobody says whether the last date is a night of the answer: one more is asked for. */
function ratesPath(apartments: readonly string[], from: string, until: string): string {
  const end = Temporal.PlainDate.from(until).add({ days: 1 }).toString();
  const ids = [...new Set(apartments)].map((id) => `apartments%5B%5D=${pathSegment(id)}`).join('&');
  return `/api/rates?${ids}&start_date=${from}&end_date=${end}`;
}

/**
 * Rates are asked for by apartment. So the second list alternates: a look at the apartments, which are told, then the rates of the next of
 * them. Its cursor is `<how many are done>` before a look, `<how many will be>:<ids>` before rates.
 */
export const listings: Listings = {
  lists: [
    { name: 'reservations', kinds: ['reservation'], changedSince: true, sinceResolutionMs: DAY_MS },
    {
      name: 'apartments',
      kinds: ['property', 'unit-type', 'unit', 'availability', 'rate'],
      changedSince: false,
      sinceResolutionMs: 0,
    },
  ],
  pageRequest,
  pageEnd,
};

function pageRequest(job: PageJob): PagePlan {
  const { from, until } = job.nights;
  if (job.list === 'apartments') {
    const { ids } = stepOf(job);
    return ids
      ? { operation: 'rates-page', method: 'GET', path: ratesPath(ids, from, until) }
      : { operation: 'apartments-page', method: 'GET', path: '/api/apartments' };
  }
  // By arrival alone, whoever is in the house already would be missing.
  const which =
    job.since === null
      ? `departureFrom=${from}&arrivalTo=${until}`
      : `modifiedFrom=${new Date(job.since).toISOString().slice(0, 10)}`;
  const more = `${WITH_CANCELLED}&includePriceElements=true&pageSize=${PAGE_SIZE}&page=${pageOf(job)}`;
  return { operation: 'reservations-page', method: 'GET', path: `/api/reservations?${which}&${more}` };
}

function pageEnd(job: PageJob, body: unknown): PageEnd {
  if (job.list === 'apartments') return stepOf(job).ids ? ratesEnd(job, body) : apartmentsEnd(job, body);
  const parsed = wireReservations.safeParse(body);
  if (!parsed.success) throw malformed(job);
  const { bookings, page_count: pages, total_items: total } = parsed.data;
  const page = pageOf(job);
  return {
    next: page < pages ? String(page + 1) : null,
    items: bookings.length,
    ...(typeof total === 'number' ? { total } : {}),
  };
}

function apartmentsEnd(job: PageJob, body: unknown): PageEnd {
  const parsed = wireApartments.safeParse(body);
  if (!parsed.success) throw malformed(job);
  const { apartments } = parsed.data;
  const { done } = stepOf(job);
  // One that is not even an apartment is a dead letter of this page, and no reason to stop.
  const ids = apartments.flatMap((each) => wireEntity.safeParse(each).data?.id ?? []).filter((id) => /^\d+$/.test(id));
  const next = ids.slice(done, done + APARTMENTS_AT_ONCE);
  return { next: next.length > 0 ? `${done + next.length}:${next.join(',')}` : null, items: apartments.length };
}

function ratesEnd(job: PageJob, body: unknown): PageEnd {
  const parsed = wireRates.safeParse(body);
  if (!parsed.success) throw malformed(job);
  return { next: String(stepOf(job).done), items: Object.keys(parsed.data.data).length };
}

function stepOf({ cursor }: PageJob): { done: number; ids?: string[] } {
  const [, done, ids] = /^(\d{1,6})(?::(\d+(?:,\d+)*))?$/.exec(cursor ?? '0') ?? [];
  if (done === undefined) throw refused('apartments-page', 'no such cursor');
  return { done: Number(done), ...(ids === undefined ? {} : { ids: ids.split(',') }) };
}

function pageOf({ cursor }: PageJob): number {
  if (cursor === null) return 1;
  if (/^[1-9]\d{0,5}$/.test(cursor)) return Number(cursor);
  throw refused('reservations-page', 'no such cursor');
}

function refused(operation: string, detail: string): PmsError {
  return new PmsError('invalid-request', { provider: 'smoobu', operation, detail });
}

function malformed({ list }: PageJob): PmsError {
  return new PmsError('malformed-answer', { provider: 'smoobu', operation: `${list}-page` });
}
