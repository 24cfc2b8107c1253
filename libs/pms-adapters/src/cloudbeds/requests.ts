import type { Kind } from '@roomwire/events';
import {
  PmsError,
  type AccountContext,
  type Listings,
  type PageEnd,
  type PageJob,
  type PagePlan,
  type ReadJob,
  type ReadPlan,
} from '@roomwire/pms-port';
import { roomOfTicket } from './mapping.ts';
import { wireAnswer } from './wire.ts';

const DAY_MS = 86_400_000;
/** Ids of one read, and reservations of one page: an answer is one message of ours, and each may have rates of a hundred nights. */
export const READS_AT_ONCE = 50;
const PAGE_ITEMS = 50;
const ROOMS_MAX = 5_000;
const ROOMS_PAGE_ITEMS = 500;
const TYPES_PAGE_ITEMS = 20;

/** Goes into a list that is separated by commas. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Deleted and cancelled ones too: what Cloudbeds leaves out unasked would be taken for gone. */
const RESERVATIONS = { includeDeleted: 'true' };

const READS: Partial<Record<Kind, (ids: readonly string[]) => { operation: string; query: Record<string, string> }>> = {
  reservation: (ids) => ({
    operation: 'reservations',
    query: { ...RESERVATIONS, reservationID: ids.join(','), pageSize: String(READS_AT_ONCE) },
  }),
  property: (ids) => ({ operation: 'hotels', query: { propertyIDs: ids.join(',') } }),
  'unit-type': (ids) => ({ operation: 'room-types', query: { roomTypeIDs: ids.join(','), pageSize: String(TYPES_PAGE_ITEMS) } }),
  unit: roomsOf,
  'unit-status': roomsOf,
  ticket: (tickets) => roomsOf(tickets.map((ticket) => roomOfTicket(ticket) ?? '')),
};

/** All rooms of their types: no answer can be asked for a room. */
function roomsOf(rooms: readonly string[]): { operation: string; query: Record<string, string> } {
  const types = [...new Set(rooms.map((room) => typeOfRoom(room) ?? ''))];
  return { operation: 'housekeeping', query: { roomTypeIDs: types.join(','), pageSize: String(ROOMS_MAX) } };
}

/** A room's id is its type's and a number. */
export function typeOfRoom(room: string): string | undefined {
  return /^(.+)-\d+$/.exec(room)?.[1];
}

const PATHS: Readonly<Record<string, string>> = {
  reservations: '/getReservationsWithRateDetails',
  hotels: '/getHotels',
  'room-types': '/getRoomTypes',
  housekeeping: '/getHousekeepingStatus',
};
/** Answers that take a list of properties. */
const OF_PROPERTIES: ReadonlySet<string> = new Set(['hotels', 'room-types']);

export function readRequest({ kind, entities }: ReadJob, account: AccountContext): ReadPlan {
  const read = READS[kind];
  if (!read || !entities.every((entity) => ID.test(kind === 'ticket' ? (roomOfTicket(entity) ?? '') : entity)))
    throw refused(`read-${kind}`, 'no such id or kind');
  const { operation, query } = read(entities);
  if (query['roomTypeIDs'] !== undefined && !query['roomTypeIDs'].split(',').every((type) => ID.test(type)))
    throw refused(`read-${kind}`, 'no room’s id');
  return { ...planOf(operation, query, account), ids: [...entities] };
}

export function planOf(operation: string, query: Record<string, string>, { account }: AccountContext): PagePlan {
  if (account === null || !ID.test(account)) throw refused(operation, 'the connection names no property as its account');
  const whole = new URLSearchParams({ [OF_PROPERTIES.has(operation) ? 'propertyIDs' : 'propertyID']: account, ...query });
  return { operation, method: 'GET', path: `${PATHS[operation]}?${whole.toString()}`, headers: { 'x-property-id': account } };
}

export const listings: Listings = {
  lists: [
    // Nobody says which zone `modifiedFrom` is in.
    { name: 'reservations', kinds: ['reservation'], changedSince: true, sinceResolutionMs: DAY_MS },
    { name: 'housekeeping', kinds: ['unit', 'unit-status', 'ticket'], changedSince: false, sinceResolutionMs: 0 },
    { name: 'room-types', kinds: ['unit-type'], changedSince: false, sinceResolutionMs: 0 },
    { name: 'hotels', kinds: ['property'], changedSince: false, sinceResolutionMs: 0 },
  ],
  pageRequest,
  pageEnd,
};

const PAGES: Readonly<Record<string, number>> = {
  reservations: PAGE_ITEMS,
  housekeeping: ROOMS_PAGE_ITEMS,
  'room-types': TYPES_PAGE_ITEMS,
};

function pageRequest(job: PageJob, account: AccountContext): PagePlan {
  const size = PAGES[job.list];
  const paged = size === undefined ? {} : { pageNumber: String(pageOf(job)), pageSize: String(size) };
  return planOf(job.list, { ...(job.list === 'reservations' ? wanted(job) : {}), ...paged }, account);
}

function wanted({ since, nights }: PageJob): Record<string, string> {
  if (since === null) return { ...RESERVATIONS, reservationCheckOutFrom: nights.from };
  return { ...RESERVATIONS, modifiedFrom: new Date(since).toISOString().slice(0, 19).replace('T', ' ') };
}

/** The last page is not full, or the one that reaches the total. */
function pageEnd(job: PageJob, body: unknown): PageEnd {
  const answer = wireAnswer.safeParse(body);
  if (!answer.success) throw new PmsError('malformed-answer', { provider: 'cloudbeds', operation: `page-${job.list}` });
  const { data, total } = answer.data;
  const size = PAGES[job.list];
  const page = pageOf(job);
  const isLast =
    size === undefined || data.length === 0 || (typeof total === 'number' ? page * size >= total : data.length < size);
  return { next: isLast ? null : String(page + 1), items: data.length, ...(typeof total === 'number' ? { total } : {}) };
}

function pageOf({ list, cursor }: PageJob): number {
  if (cursor !== null && !/^[1-9]\d{0,6}$/.test(cursor)) throw refused(`page-${list}`, 'no cursor of ours');
  return cursor === null ? 1 : Number(cursor);
}

function refused(operation: string, detail: string): PmsError {
  return new PmsError('invalid-request', { provider: 'cloudbeds', operation, detail });
}
