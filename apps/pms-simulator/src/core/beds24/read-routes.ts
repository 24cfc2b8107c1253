import type { Answer } from '../request.ts';
import { rateOf } from '../rates.ts';
import { blocks, type Reservation } from '../reservation.ts';
import { visibleReservations, visibleStamp, type Call, type Route } from '../route.ts';
import { daysBetween, isDate } from '../stamps.ts';
import type { Account, Listing } from '../world.ts';
import { BASE, isSet, listOf, paged, problem } from './answer.ts';
import { complaint, queryBookings } from './booking-query.ts';
import { propertyIds, propertyOf, unitNumber } from './own.ts';
import { infoItems, invoiceItems, wireBooking, wireMessage } from './wire-booking.ts';
import { wireProperty } from './wire-property.ts';

export const readRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${BASE}/bookings`,
    answer(call) {
      const { account, request, now } = call;
      const { query } = request;
      const wrong = complaint(query);
      if (wrong) return problem(400, wrong);
      const found = queryBookings(account, visibleReservations(call), query, now);
      return paged(call, 'booking', found, (one) => ({
        ...wireBooking(account, one),
        ...(isSet(query, 'includeInvoiceItems') ? { invoiceItems: invoiceItems(account, one) } : {}),
        ...(isSet(query, 'includeInfoItems') ? { infoItems: infoItems(one) } : {}),
        ...(isSet(query, 'includeBookingGroup') ? { bookingGroup: null } : {}),
      }));
    },
  },
  { method: 'GET', path: `${BASE}/bookings/messages`, answer: messages },
  {
    method: 'GET',
    path: `${BASE}/properties`,
    answer(call) {
      const { account, request } = call;
      const wanted = listOf(request.query, 'id');
      const ids = propertyIds(account).filter((id) => wanted.length === 0 || wanted.includes(String(id)));
      const units = isSet(request.query, 'includeUnitDetails');
      return paged(
        call,
        'property',
        ids.map((id) => wireProperty(account, id, { units })),
      );
    },
  },
  {
    method: 'GET',
    path: `${BASE}/accounts`,
    answer: (call) =>
      paged(call, 'account', [{ id: call.account.id, timezone: call.account.config.timeZone, unitStatusValues: [] }]),
  },
  { method: 'GET', path: `${BASE}/inventory/rooms/calendar`, answer: (call) => inventory(call, 'calendar', calendar) },
  {
    method: 'GET',
    path: `${BASE}/inventory/rooms/availability`,
    answer: (call) =>
      inventory(call, 'availability', ({ account }, listing, days) => ({
        name: listing.name,
        availability: Object.fromEntries(days.map((day) => [day, free(account, listing, day) > 0])),
      })),
  },
  {
    method: 'GET',
    path: `${BASE}/inventory/rooms/unitBookings`,
    answer: (call) =>
      inventory(call, 'unitBookings', (_, listing, days) => ({
        ...{ name: listing.name, qty: Math.max(1, listing.units.length) },
        unitBookings: Object.fromEntries(days.map((day) => [day, { ...unitsTaken(call, listing, day), unassigned: 0 }])),
      })),
  },
];

function messages(call: Call): Answer {
  const { account, request, now } = call;
  const { query } = request;
  const among = (name: string, value: unknown): boolean =>
    listOf(query, name).length === 0 || listOf(query, name).includes(String(value));
  const youngest = query.has('maxAge') ? now - Number(query.get('maxAge')) * 86_400_000 : -Infinity;
  const found = account.messages
    .filter(({ at }) => at <= visibleStamp(call) && at >= youngest)
    .map((message) => wireMessage(account, message))
    .filter(({ id, bookingId, propertyId, roomId, read, source }) =>
      [
        ...[among('id', id), among('bookingId', bookingId), among('propertyId', propertyId), among('roomId', roomId)],
        ...[(query.get('source') ?? source) === source, (query.get('filter') ?? 'read') !== 'unread' || !read],
      ].every(Boolean),
    );
  return paged(call, 'message', found);
}

type PerRoom = (call: Call, listing: Listing, days: readonly string[]) => object;

/** Both ends included: the last is the last night. */
function inventory(call: Call, type: string, perRoom: PerRoom): Answer {
  const { account, request } = call;
  const [from, until] = ['startDate', 'endDate'].map((name) => request.query.get(name) ?? '') as [string, string];
  if (!isDate(from)) return problem(400, 'Parameter startDate is in an invalid format');
  if (!isDate(until)) return problem(400, 'Parameter endDate is in an invalid format');
  const [rooms, properties] = [listOf(request.query, 'roomId'), listOf(request.query, 'propertyId')];
  const listings = account.listings.filter(
    (listing) =>
      (rooms.length === 0 || rooms.includes(String(listing.id))) &&
      (properties.length === 0 || properties.includes(String(propertyOf(account, listing)))),
  );
  const days = daysBetween(from, until);
  return paged(
    call,
    type,
    listings.map((listing) => ({
      ...{ propertyId: propertyOf(account, listing), roomId: listing.id, ...perRoom(call, listing, days) },
    })),
  );
}

/** Days alike are one range; nothing is shown that no flag asks for. */
function calendar({ account, request }: Call, listing: Listing, days: readonly string[]): object {
  const ranges: Record<string, unknown>[] = [];
  for (const day of days) {
    const shown = shownOf(account, listing, day, request.query);
    const last = ranges.at(-1);
    const { from: _, to: __, ...before } = last ?? {};
    if (last && JSON.stringify(before) === JSON.stringify(shown)) last['to'] = day;
    else ranges.push({ from: day, to: day, ...shown });
  }
  return { calendar: ranges };
}

function shownOf(account: Account, listing: Listing, day: string, query: URLSearchParams): object {
  const rate = rateOf(account, listing, day);
  return {
    ...(isSet(query, 'includeNumAvail') ? { numAvail: free(account, listing, day) } : {}),
    ...(isSet(query, 'includeMinStay') ? { minStay: rate.minStay ?? 1 } : {}),
    ...(isSet(query, 'includeMaxStay') ? { maxStay: rate.maxStay ?? 365 } : {}),
    ...(isSet(query, 'includeMultiplier') ? { multiplier: 1 } : {}),
    ...(isSet(query, 'includeOverride') ? { override: rate.closed ? 'blackout' : 'none' } : {}),
    ...(isSet(query, 'includePrices') ? { price1: rate.price } : {}),
  };
}

const here = (account: Account, listing: Listing, day: string): Reservation[] =>
  [...account.reservations.values()].flatMap(({ current: one }) =>
    one && one.listingId === listing.id && blocks(one) && one.arrivalDate <= day && day < one.departureDate ? [one] : [],
  );

function free(account: Account, listing: Listing, day: string): number {
  if (rateOf(account, listing, day).closed) return 0;
  return Math.max(0, Math.max(1, listing.units.length) - here(account, listing, day).length);
}

function unitsTaken({ account }: Call, listing: Listing, day: string): Record<string, number> {
  const doors = listing.units.length > 0 ? listing.units.map(({ id }) => id) : [null];
  const taken = here(account, listing, day);
  return Object.fromEntries(
    doors.map((door) => [unitNumber(listing, door), taken.filter(({ unitId }) => unitId === door).length]),
  );
}
