import { SlidingWindow } from '../limits.ts';
import type { Provider } from '../provider.ts';
import { door } from './door.ts';
import { ids } from './ids.ts';
import { messageRoutes } from './message-routes.ts';
import { openMews, renewMews } from './own.ts';
import { pushRoutes } from './push-routes.ts';
import { rateRoutes } from './rate-routes.ts';
import { reservationRoutes } from './reservation-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import { taskRoutes } from './task-routes.ts';
import { hooks } from './webhooks.ts';
import { wireReservation } from './wire-reservation.ts';
import { wireCategory, wireMessage, wireResource, wireTask } from './wire-resource.ts';

/** 200 requests of one access token in any 30 s (M:guidelines/environments.md). */
const CALLS = 200;
const WINDOW_MS = 30_000;

export const mews: Provider = {
  name: 'mews',
  door: {
    ...door,
    routes: [...reservationRoutes, ...resourceRoutes, ...messageRoutes, ...taskRoutes, ...rateRoutes, ...pushRoutes],
  },
  hooks,
  view: {
    listing: (account, listing) => ({
      ...wireCategory(account, listing),
      Resources: (listing.units.length > 0 ? listing.units : [null]).map((unit) => wireResource(account, listing, unit)),
    }),
    reservation: wireReservation,
    message: wireMessage,
    tasks: (account) => [...account.works.values()].map((work) => wireTask(account, work)),
    ids,
  },
  story: {
    weights: {
      ...{ book: 16, confirm: 4, extend: 8, shorten: 4, cancel: 7, move: 6, lateCheckout: 10, earlyCheckin: 5 },
      ...{ checkIn: 8, checkOut: 8, noShow: 1, message: 8, reply: 2, unitStatus: 20, task: 5, ticket: 4, rates: 2 },
    },
    bookings: { new: 85, pending: 8, inquiry: 7 },
    lacks: ['remove', 'doorCode', 'ownerStay'],
  },
  open: (world, account) => ({ own: openMews(world, account), meter: new SlidingWindow(CALLS, WINDOW_MS) }),
  renew: renewMews,
};
