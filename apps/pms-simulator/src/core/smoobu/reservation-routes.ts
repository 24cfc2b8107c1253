import type { Answer } from '../request.ts';
import type { Reservation } from '../reservation.ts';
import { drifted, visibleAt, visibleReservations, visibleStamp, type Call, type Route } from '../route.ts';
import { isDate } from '../stamps.ts';
import type { Message } from '../world.ts';
import { invalid, notFound } from './door.ts';
import { smoobuOf } from './own.ts';
import { apartmentOf, elementsOf, isCancelled, minute, wireReservation } from './wire-reservation.ts';

const PAGE_SIZE = 25;
const RANGES = ['from', 'to', 'arrivalFrom', 'arrivalTo', 'departureFrom', 'departureTo', 'created_from', 'created_to'];
const MODIFIED = ['modifiedFrom', 'modifiedTo'];

export const reservationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/reservations',
    answer(call) {
      const { account, request } = call;
      const wrong = [...RANGES, ...MODIFIED].find((name) => !isDay(request.query.get(name)));
      if (wrong) return invalid(`${wrong} is not a valid date`);
      const found = visibleReservations(call)
        .filter(matches(call))
        .sort((a, b) => a.id - b.id);
      const view = {
        priceElements: isSet(call, 'includePriceElements'),
        modified: smoobuOf(account).config.readings.modifiedInLists,
      };
      return paged(call, 'bookings', found, (one) => wireReservation(account, one, view));
    },
  },
  {
    method: 'GET',
    path: '/api/reservations/:id',
    answer: (call) => withReservation(call, (one) => ok(wireReservation(call.account, one, { priceElements: true }))),
  },
  {
    method: 'GET',
    path: '/api/reservations/:id/price-elements',
    answer: (call) => withReservation(call, (one) => ok({ priceElements: elementsOf(call.account, one) })),
  },
  {
    method: 'GET',
    path: '/api/reservations/:id/messages',
    answer: (call) =>
      withReservation(call, (one) =>
        paged(
          call,
          'messages',
          messagesOf(call).filter(({ reservationId }) => reservationId === one.id),
          wireMessage,
        ),
      ),
  },
  {
    method: 'GET',
    path: '/api/threads',
    answer(call) {
      const last = new Map(messagesOf(call).map((message) => [message.reservationId, message]));
      return paged(call, 'threads', [...last.values()], (message) => ({
        ...{ booking: { id: message.reservationId }, apartment: { id: message.listingId }, latest_message: wireMessage(message) },
      }));
    },
  },
  {
    method: 'GET',
    path: '/api/guests',
    answer: (call) =>
      paged(call, 'guests', visibleReservations(call), ({ id, guest }) => ({
        ...{ id: id + 1, firstName: guest.firstName, lastName: guest.lastName, bookings: [{ id }] },
      })),
  },
];

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** {page_count, page_size, total_items, page, …}: threads spell the parameters with an underscore. */
function paged<T>(call: Call, name: string, all: readonly T[], wire: (one: T) => object): Answer {
  const { query } = call.request;
  const whole = (names: string[], otherwise: number): number => {
    const value = Number(names.map((one) => query.get(one)).find((text) => text !== null) ?? otherwise);
    return Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  const size = Math.min(whole(['pageSize', 'page_size'], PAGE_SIZE), smoobuOf(call.account).config.readings.pageSizeMax);
  const page = whole(['page', 'page_number'], 1);
  const from = drifted(call, (page - 1) * size);
  const counts = { page_count: Math.ceil(all.length / size), page_size: size, total_items: all.length, page };
  return ok({ ...counts, [name]: all.slice(from, from + size).map(wire) });
}

export function withReservation(call: Call, answer: (one: Reservation) => Answer): Answer {
  const one = call.account.reservations.get(call.ids[0] ?? 0)?.asOf(visibleAt(call));
  return one ? answer(one) : notFound('Reservation');
}

const messagesOf = (call: Call): Message[] => call.account.messages.filter(({ at }) => at <= visibleStamp(call));

/** 1 = inbox, 2 = outbox. */
export const wireMessage = ({ id, body, incoming }: Message): object => ({
  ...{ id, subject: 'Your stay', message: body, messageHtml: `<p>${body}</p>`, type: incoming ? 1 : 2 },
});

/** A time behind the day is not looked at: whether one is taken is NOT FOUND. */
const dayOf = (text: string): string => text.slice(0, 10);
const isDay = (text: string | null): boolean => text === null || isDate(dayOf(text));
const isSet = ({ request }: Call, name: string): boolean => ['true', '1'].includes(request.query.get(name) ?? '');

function matches(call: Call): (one: Reservation) => boolean {
  const { account, request } = call;
  const { query } = request;
  const within = (from: string, to: string, value: (one: Reservation) => string) => {
    const [first, last] = [query.get(from), query.get(to)];
    return (one: Reservation): boolean =>
      (first === null || dayOf(first) <= value(one)) && (last === null || value(one) <= dayOf(last));
  };
  const apartment = query.get('apartmentId');
  const tests = [
    (one: Reservation) => isSet(call, 'showCancellation') || !isCancelled(one),
    ({ status }: Reservation) => !(isSet(call, 'excludeBlocked') && status === 'ownerStay'),
    (one: Reservation) => apartment === null || Number(apartment) === apartmentOf(one),
    within('from', '', ({ arrivalDate }) => arrivalDate),
    within('', 'to', ({ departureDate }) => departureDate),
    within('arrivalFrom', 'arrivalTo', ({ arrivalDate }) => arrivalDate),
    within('departureFrom', 'departureTo', ({ departureDate }) => departureDate),
    within('created_from', 'created_to', ({ insertedAt }) => dayOf(minute(account, insertedAt))),
    within('modifiedFrom', 'modifiedTo', ({ updatedAt }) => dayOf(minute(account, updatedAt))),
  ];
  return (one) => tests.every((test) => test(one));
}
