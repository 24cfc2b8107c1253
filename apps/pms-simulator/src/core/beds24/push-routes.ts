import { z } from 'zod';
import { isRefused, type Done } from '../act-scene.ts';
import { change, created as booked } from '../booking-acts.ts';
import { newReservation } from '../new-reservation.ts';
import { pushed, pushedAs } from '../push.ts';
import { setRates } from '../rates.ts';
import { holds, isFree, type Reservation, type ReservationStatus } from '../reservation.ts';
import type { Answer } from '../request.ts';
import { jsonOf } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { isDate } from '../stamps.ts';
import { Versions } from '../versions.ts';
import { listingOf, standing, type Account, type Listing } from '../world.ts';
import { BASE, created, listOf, NOT_AN_ARRAY, refusal, type Outcome } from './answer.ts';
import { webhookSettings } from './config.ts';
import { beds24Of, propertyIds } from './own.ts';

const STATUSES: Readonly<Record<string, ReservationStatus>> = {
  ...{ confirmed: 'modified', new: 'new', request: 'pending', inquiry: 'inquiry', black: 'ownerStay', cancelled: 'cancelled' },
};
const date = z.string().refine(isDate);
const item = z.object({
  ...{ id: z.number().int().optional(), roomId: z.number().int().optional(), unitId: z.number().int().optional() },
  ...{ arrival: date.optional(), departure: date.optional(), status: z.string().optional() },
  ...{ firstName: z.string().optional(), lastName: z.string().optional() },
  ...{ numAdult: z.number().int().min(0).optional(), numChild: z.number().int().min(0).optional(), price: z.number().optional() },
  actions: z.object({ allowWebhooks: z.boolean().optional() }).optional(),
});
type Item = z.output<typeof item>;

const calendarItem = z.object({
  roomId: z.number().int(),
  calendar: z.array(
    z.object({
      ...{ from: date, to: date, numAvail: z.number().int().min(0).optional(), override: z.string().optional() },
      ...{ minStay: z.number().int().nullish(), maxStay: z.number().int().nullish(), price1: z.number().nullish() },
    }),
  ),
});
const messageItem = z.union([
  z.object({ id: z.number().int(), read: z.boolean() }),
  z.object({ bookingId: z.number().int(), message: z.string().min(1) }),
]);
const propertyItem = z.object({ id: z.number().int(), webhooks: webhookSettings.partial() });

/** Every item is judged for itself; the others are done. */
const eachOf =
  <S extends z.ZodType>(action: string, schema: S, apply: (call: Call, asked: z.output<S>) => Outcome) =>
  (call: Call): Answer => {
    const body = jsonOf(call.request);
    if (!Array.isArray(body)) return NOT_AN_ARRAY;
    return created(
      body.map((one) => {
        const asked = schema.safeParse(one);
        if (asked.success) return apply(call, asked.data);
        const { path, message } = asked.error.issues[0]!;
        return refusal(action, path.join('.'), message);
      }),
    );
  };

export const pushRoutes: readonly Route[] = [
  { method: 'POST', path: `${BASE}/bookings`, answer: eachOf('new booking', item, booking) },
  {
    method: 'DELETE',
    path: `${BASE}/bookings`,
    answer: (call) =>
      created(
        listOf(call.request.query, 'id').map((id) => {
          const gone = pushed(call, { act: 'remove', reservation: Number(id) });
          return isRefused(gone) ? refusal('delete booking', 'id', gone.refused) : { success: true, deleted: { id: Number(id) } };
        }),
      ),
  },
  { method: 'POST', path: `${BASE}/inventory/rooms/calendar`, answer: eachOf('calendar', calendarItem, calendar) },
  { method: 'POST', path: `${BASE}/bookings/messages`, answer: eachOf('new message', messageItem, message) },
  {
    method: 'POST',
    path: `${BASE}/properties`,
    answer: eachOf('modify property', propertyItem, ({ account }, { id, webhooks }) => {
      if (!propertyIds(account).includes(id)) return refusal('modify property', 'id', 'property not found');
      const own = beds24Of(account);
      own.webhooks.set(id, webhookSettings.parse({ ...own.webhooks.get(id), ...webhooks }));
      return { success: true, modified: { webhooks } };
    }),
  },
];

/** Without an id a new one, with an id a change of that. A status that is none is only warned of, and refused all the same (HC). */
function booking(call: Call, asked: Item): Outcome {
  const action = asked.id === undefined ? 'new booking' : 'modify booking';
  if (asked.status !== undefined && !(asked.status in STATUSES))
    return { success: false, warnings: [{ action, field: 'status', message: 'invalid value' }] };
  return asked.id === undefined ? newBooking(call, asked) : modified(call, asked, asked.id);
}

function newBooking(call: Call, asked: Item): Outcome {
  const { account } = call;
  const action = 'new booking';
  const listing = listingOf(account, asked.roomId ?? NaN);
  if (!listing) return refusal(action, 'roomId', 'room not found');
  const { arrival: arrivalDate, departure: departureDate } = asked;
  if (!arrivalDate || !departureDate || departureDate <= arrivalDate) return refusal(action, 'departure', 'invalid dates');
  const unitId = freeDoor(account, listing, { arrivalDate, departureDate }, asked.unitId);
  if (unitId === undefined) return refusal(action, 'roomId', 'room not available');
  const stay = { listingId: listing.id, unitId, arrivalDate, departureDate };
  const guestName = `${asked.firstName ?? ''} ${asked.lastName ?? ''}`.trim();
  const { id } = pushedAs(call, 'book', ({ clock, now }): Done => {
    const status = STATUSES[asked.status ?? 'confirmed']!;
    const fresh = newReservation(account, listing, { ...stay, now: clock, guestName, status });
    const made: Reservation = { ...fresh, channel: 'direct', ...detailsOf(asked, fresh) };
    account.reservations.set(made.id, new Versions(now, made));
    return quietly(asked, booked(made));
  });
  return { success: true, new: { id }, info: [{ action, id }] };
}

function modified(call: Call, asked: Item, id: number): Outcome {
  const { account } = call;
  const action = 'modify booking';
  const before = account.reservations.get(id)?.current;
  if (!before) return refusal(action, 'id', 'booking not found');
  const listing = listingOf(account, asked.roomId ?? before.listingId);
  if (!listing) return refusal(action, 'roomId', 'room not found');
  const dates = { arrivalDate: asked.arrival ?? before.arrivalDate, departureDate: asked.departure ?? before.departureDate };
  if (dates.departureDate <= dates.arrivalDate) return refusal(action, 'departure', 'invalid dates');
  const status = asked.status === undefined ? before.status : STATUSES[asked.status]!;
  const stays = listing.id === before.listingId && asked.unitId === undefined;
  const wanted = { ...before, ...dates, status, listingId: listing.id };
  const others = standing(account);
  const own = stays && (!holds(wanted) || isFree(wanted, others, id)) ? before.unitId : undefined;
  const unitId = own === undefined ? freeDoor(account, listing, dates, asked.unitId, id) : own;
  if (unitId === undefined && holds(wanted)) return refusal(action, 'arrival', 'room not available');
  const cancelled = status === 'cancelled' && before.status !== 'cancelled';
  pushedAs(call, 'modify', (scene): Done => {
    const changes = { ...dates, status, listingId: listing.id, unitId: unitId ?? before.unitId, ...detailsOf(asked, before) };
    const end = cancelled ? { cancelledAt: scene.clock, cancelledBy: 'host' as const } : {};
    return quietly(asked, change(scene, before, { ...changes, ...end }));
  });
  return { success: true, modified: { id }, info: [{ action, id }] };
}

/** What is made over the API is told only where `allowWebhooks` says so (SPEC). */
const quietly = ({ actions }: Item, done: Done): Done => ({
  ...done,
  notices: done.notices.map((notice) =>
    notice.about === 'reservation' ? { ...notice, quiet: actions?.allowWebhooks !== true } : notice,
  ),
});

const detailsOf = (asked: Item, { guest, totalPrice }: Reservation): Pick<Reservation, 'guest' | 'totalPrice'> => ({
  guest: {
    ...guest,
    ...{ firstName: asked.firstName ?? guest.firstName, lastName: asked.lastName ?? guest.lastName },
    ...{ adults: asked.numAdult ?? guest.adults, children: asked.numChild ?? guest.children },
  },
  totalPrice: asked.price ?? totalPrice,
});

type Dates = Pick<Reservation, 'arrivalDate' | 'departureDate'>;

/** The unit of that number, or the first that is free; undefined where there is none. */
function freeDoor(
  ...[account, listing, dates, number, except]: [Account, Listing, Dates, number | undefined, number?]
): number | null | undefined {
  const doors = listing.units.length > 0 ? listing.units.map(({ id }) => id) : [null];
  const wanted = number === undefined ? doors : doors.slice(number - 1, number);
  if (beds24Of(account).config.readings.overbooking) return wanted[0];
  const others = standing(account);
  return wanted.find((unitId) => isFree({ ...dates, listingId: listing.id, unitId }, others, except));
}

/** `null` takes a price back; a blackout, or none to sell, closes the nights. */
function calendar(call: Call, { roomId, calendar: ranges }: z.output<typeof calendarItem>): Outcome {
  const listing = listingOf(call.account, roomId);
  if (!listing) return refusal('calendar', 'roomId', 'room not found');
  for (const { from, to, price1, minStay, maxStay, override, numAvail } of ranges) {
    const closed = override === undefined && numAvail === undefined ? undefined : override === 'blackout' || numAvail === 0;
    const said = Object.entries({ price: price1, minStay, maxStay, closed }).filter(([, value]) => value !== undefined);
    pushedAs(call, 'rates', ({ account }): Done => {
      setRates(account, listing, { from, until: to }, Object.fromEntries(said));
      const notices = [{ about: 'rates', listing, unitId: null, from, until: to } as const];
      return { kind: 'rates', id: roomId, listings: [roomId], notices };
    });
  }
  return { success: true, modified: { roomId } };
}

function message(call: Call, asked: z.output<typeof messageItem>): Outcome {
  const { account } = call;
  if ('read' in asked) {
    const known = account.messages.some(({ id }) => id === asked.id);
    if (known && asked.read) beds24Of(account).read.add(asked.id);
    return known ? { success: true, modified: asked } : refusal('modify message', 'id', 'message not found');
  }
  const sent = pushed(call, { act: 'reply', reservation: asked.bookingId, body: asked.message });
  return isRefused(sent) ? refusal('new message', 'bookingId', sent.refused) : { success: true, new: { id: sent.id } };
}
