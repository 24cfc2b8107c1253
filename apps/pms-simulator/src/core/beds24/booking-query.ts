import type { Reservation } from '../reservation.ts';
import { isDate, todayIn } from '../stamps.ts';
import type { Account } from '../world.ts';
import { listingOf } from '../world.ts';
import { listOf } from './answer.ts';
import { propertyOf } from './own.ts';
import { statusOf, wireBooking } from './wire-booking.ts';

const STATUSES = ['confirmed', 'request', 'new', 'cancelled', 'black', 'inquiry'];
/** Cancelled ones are left out silently unless one asks for them (SPEC; measured HC). */
const BY_DEFAULT = STATUSES.filter((status) => status !== 'cancelled');

const DATES = ['arrival', 'arrivalFrom', 'arrivalTo', 'departure', 'departureFrom', 'departureTo'];
const TIMES = ['bookingTimeFrom', 'bookingTimeTo', 'modifiedFrom', 'modifiedTo'];
const OTHERS = ['filter', 'propertyId', 'roomId', 'id', 'masterId', 'apiReference', 'channel', 'searchString'];

/** What is wrong with a query; undefined where nothing is. */
export function complaint(query: URLSearchParams): string | undefined {
  const date = DATES.find((name) => query.has(name) && !isDate(query.get(name)!));
  if (date) return `Parameter ${date} is in an invalid format`;
  const time = TIMES.find((name) => query.has(name) && Number.isNaN(timeOf(query.get(name)!)));
  if (time) return `Parameter ${time} is in an invalid format`;
  // "confirmed,cancelled" is one word that is none of them.
  const status = listOf(query, 'status').find((one) => !STATUSES.includes(one));
  return status === undefined ? undefined : 'Parameter status has an invalid value';
}

/** Without a zone it is taken as UTC: NOT FOUND which it is. */
const timeOf = (text: string): number => {
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/.test(whole) ? Date.parse(whole.endsWith('Z') ? whole : `${whole}Z`) : NaN;
};

export function queryBookings(account: Account, all: readonly Reservation[], query: URLSearchParams, now: number): Reservation[] {
  const today = todayIn(account.config.timeZone, now);
  const tests = testsOf(account, query, today);
  return all.filter((one) => tests.every((test) => test(one))).sort((a, b) => a.id - b.id);
}

type Test = (one: Reservation) => boolean;

function testsOf(account: Account, query: URLSearchParams, today: string): Test[] {
  const named = (name: string, value: (one: Reservation) => unknown): Test => {
    const wanted = listOf(query, name);
    return (one) => wanted.length === 0 || wanted.includes(String(value(one)));
  };
  const range = (name: string, value: (one: Reservation) => string): Test => {
    const [on, from, to] = ['', 'From', 'To'].map((end) => query.get(`${name}${end}`));
    return (one) => (on ?? value(one)) === value(one) && (from ?? '') <= value(one) && value(one) <= (to ?? '9999');
  };
  const between = (name: string, value: (one: Reservation) => number): Test => {
    const [from, to] = ['From', 'To'].map((end) => query.get(`${name}${end}`));
    // By the whole second that the booking shows.
    const second = (one: Reservation): number => Math.floor(value(one) / 1000) * 1000;
    return (one) => (!from || second(one) >= timeOf(from)) && (!to || second(one) <= timeOf(to));
  };
  const statuses = listOf(query, 'status');
  const search = query.get('searchString')?.toLowerCase() ?? '';
  return [
    (one) => (statuses.length > 0 ? statuses : BY_DEFAULT).includes(statusOf(one)),
    ...[named('id', ({ id }) => id), named('roomId', ({ listingId }) => listingId), named('masterId', () => null)],
    named('propertyId', ({ listingId }) => propertyOf(account, listingOf(account, listingId)!)),
    ...[named('apiReference', ({ channelReservationId }) => channelReservationId)],
    named('channel', (one) => wireBooking(account, one)['channel']),
    ...[range('arrival', ({ arrivalDate }) => arrivalDate), range('departure', ({ departureDate }) => departureDate)],
    ...[between('bookingTime', ({ insertedAt }) => insertedAt), between('modified', ({ updatedAt }) => updatedAt)],
    ({ guest }) => `${guest.firstName} ${guest.lastName}`.toLowerCase().includes(search),
    filterOf(query, today),
  ];
}

/** Days of the property. Without any filter only what is to come is given (SPEC). */
function filterOf(query: URLSearchParams, today: string): Test {
  const filter = query.get('filter');
  if (filter === 'arrivals') return ({ arrivalDate }) => arrivalDate === today;
  if (filter === 'departures') return ({ departureDate }) => departureDate === today;
  if (filter === 'current') return ({ arrivalDate, departureDate }) => arrivalDate <= today && today <= departureDate;
  if (filter === 'new') return (one) => statusOf(one) === 'new';
  const asked = [...DATES, ...TIMES, ...OTHERS].some((name) => query.has(name) || query.has(`${name}[]`));
  return ({ departureDate }) => asked || departureDate >= today;
}
