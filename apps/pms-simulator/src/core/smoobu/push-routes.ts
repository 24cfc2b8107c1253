import { z } from 'zod';
import { isRefused, type Done } from '../act-scene.ts';
import { change, created } from '../booking-acts.ts';
import { newReservation } from '../new-reservation.ts';
import { pushed, pushedAs } from '../push.ts';
import { isFree, withDates, type Reservation } from '../reservation.ts';
import { jsonOf, type Answer } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { isDate } from '../stamps.ts';
import { Versions } from '../versions.ts';
import { standing } from '../world.ts';
import { invalid, notFound, problem } from './door.ts';
import { ok, withReservation } from './reservation-routes.ts';
import { apartmentsOf, isCancelled } from './wire-reservation.ts';

const date = z.string().refine(isDate);
const person = {
  ...{ firstName: z.string().optional(), lastName: z.string().optional(), price: z.number().optional() },
  ...{ adults: z.number().int().min(0).optional(), children: z.number().int().min(0).optional() },
};
const booking = z.object({
  ...{ arrivalDate: date, departureDate: date, apartmentId: z.number().int(), channelId: z.number().int().optional(), ...person },
});
const revision = booking.partial();
const toGuest = z.object({ subject: z.string().optional(), messageBody: z.string().min(1) });

export const pushRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/reservations', answer: book },
  { method: 'PUT', path: '/api/reservations/:id', answer: (call) => withReservation(call, (one) => revise(call, one)) },
  {
    method: 'DELETE',
    path: '/api/reservations/:id',
    // How the API cancels: the reservation stays, as a cancellation.
    answer: (call) =>
      withReservation(call, ({ id }) => {
        const done = pushed(call, { act: 'cancel', reservation: id, by: 'host' });
        return isRefused(done) ? invalid(done.refused) : ok({ success: true });
      }),
  },
  {
    method: 'POST',
    path: '/api/reservations/:id/messages/send-message-to-guest',
    answer: (call) => withReservation(call, (one) => send(call, one, 'reply')),
  },
  {
    method: 'POST',
    path: '/api/reservations/:id/messages/send-message-to-host',
    answer: (call) => withReservation(call, (one) => send(call, one, 'message')),
  },
];

const TAKEN = problem(422, 'Unprocessable entity', 'Apartment is not available');

function book(call: Call): Answer {
  const asked = booking.safeParse(jsonOf(call.request));
  if (!asked.success) return invalid(asked.error.issues[0]!.path.join('.'));
  const { account } = call;
  const { arrivalDate, departureDate, apartmentId, firstName = '', lastName = '' } = asked.data;
  const apartment = apartmentsOf(account).find(({ id }) => id === apartmentId);
  if (!apartment) return notFound('Apartment');
  if (departureDate <= arrivalDate) return invalid('departureDate');
  const { listing, unitId } = apartment;
  const stay = { listingId: listing.id, unitId, arrivalDate, departureDate };
  if (!isFree(stay, standing(account))) return TAKEN;
  const { id } = pushedAs(call, 'book', ({ now, clock }): Done => {
    const fresh = newReservation(account, listing, { ...stay, now: clock, guestName: `${firstName} ${lastName}`.trim() });
    const made: Reservation = { ...fresh, channel: 'direct', ...saidOf(fresh, asked.data) };
    account.reservations.set(made.id, new Versions(now, made));
    return created(made);
  });
  return { status: 201, body: { id } };
}

function revise(call: Call, before: Reservation): Answer {
  const asked = revision.safeParse(jsonOf(call.request));
  if (!asked.success) return invalid(asked.error.issues[0]!.path.join('.'));
  const { account } = call;
  const { arrivalDate = before.arrivalDate, departureDate = before.departureDate, apartmentId } = asked.data;
  const apartment = apartmentsOf(account).find(({ id }) => id === apartmentId);
  if (apartmentId !== undefined && !apartment) return notFound('Apartment');
  if (departureDate <= arrivalDate) return invalid('departureDate');
  const place = apartment ? { listingId: apartment.listing.id, unitId: apartment.unitId } : {};
  if (!isCancelled(before) && !isFree({ ...before, ...place, arrivalDate, departureDate }, standing(account), before.id))
    return TAKEN;
  pushedAs(call, 'modify', (scene) =>
    change(scene, before, { ...withDates(before, arrivalDate, departureDate), ...place, ...saidOf(before, asked.data) }),
  );
  return ok({ id: before.id });
}

const saidOf = (
  { guest, totalPrice }: Reservation,
  { firstName, lastName, adults, children, price }: z.output<typeof revision>,
): Pick<Reservation, 'guest' | 'totalPrice'> => ({
  guest: {
    ...guest,
    ...{ firstName: firstName ?? guest.firstName, lastName: lastName ?? guest.lastName },
    ...{ adults: adults ?? guest.adults, children: children ?? guest.children },
  },
  totalPrice: price ?? totalPrice,
});

function send(call: Call, { id }: Reservation, act: 'reply' | 'message'): Answer {
  const asked = toGuest.safeParse(jsonOf(call.request));
  if (!asked.success) return invalid('messageBody');
  const done = pushed(call, { act, reservation: id, body: asked.data.messageBody });
  return isRefused(done) ? invalid(done.refused) : { status: 201, body: { id: done.id } };
}
