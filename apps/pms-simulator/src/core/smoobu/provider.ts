import { SlidingWindow } from '../limits.ts';
import type { Provider } from '../provider.ts';
import { door } from './door.ts';
import { openSmoobu, renewSmoobu } from './own.ts';
import { pushRoutes } from './push-routes.ts';
import { rateRoutes } from './rate-routes.ts';
import { reservationRoutes, wireMessage } from './reservation-routes.ts';
import { hooks } from './webhooks.ts';
import { apartmentsOf, wireReservation } from './wire-reservation.ts';

/** 1000 calls a minute and account (AE, TR). */
const CALLS = 1_000;
const WINDOW_MS = 60_000;

export const smoobu: Provider = {
  name: 'smoobu',
  door: { ...door, routes: [...reservationRoutes, ...rateRoutes, ...pushRoutes] },
  hooks,
  view: {
    listing: (account, listing) => ({
      ...{ id: listing.id, name: listing.name },
      apartments: apartmentsOf(account).flatMap(({ id, name, listing: of }) => (of === listing ? [{ id, name }] : [])),
    }),
    reservation: (account, one) => wireReservation(account, one, { priceElements: true }),
    message: (_, message) => wireMessage(message),
    tasks: () => [],
    ids: {
      property: (_, { id }) => String(id),
      listing: (_, { id }) => String(id),
      unit: (_, { id }, unitId) => String(unitId ?? id),
      reservation: (_, { id }) => String(id),
      message: (_, { id }) => String(id),
    },
  },
  story: {
    weights: {
      ...{ book: 16, extend: 8, shorten: 4, cancel: 7, move: 6, lateCheckout: 8, earlyCheckin: 4, doorCode: 3, remove: 1 },
      ...{ message: 12, reply: 4, unitStatus: 20, task: 5, ticket: 4, rates: 4 },
    },
    bookings: { new: 95, ownerStay: 5 },
    lacks: ['confirm', 'checkIn', 'checkOut', 'noShow', 'pending', 'inquiry'],
  },
  open: (world, account) => ({ own: openSmoobu(world, account), meter: new SlidingWindow(CALLS, WINDOW_MS) }),
  renew: renewSmoobu,
};
