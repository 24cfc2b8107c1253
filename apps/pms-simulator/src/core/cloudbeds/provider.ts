import { SlidingWindow } from '../limits.ts';
import type { Provider } from '../provider.ts';
import type { CloudbedsConfig } from './config.ts';
import { door, tokenRoutes } from './door.ts';
import { openCloudbeds, propertyOf, renewCloudbeds, roomIdOf } from './own.ts';
import { pushRoutes } from './push-routes.ts';
import { reservationRoutes } from './reservation-routes.ts';
import { roomRoutes } from './room-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { hooks } from './webhooks.ts';
import { wireWhole } from './wire-reservation.ts';

const WINDOW_MS = 1_000;

export const cloudbeds: Provider = {
  name: 'cloudbeds',
  door: { ...door, routes: [...tokenRoutes, ...reservationRoutes, ...roomRoutes, ...webhookRoutes, ...pushRoutes] },
  hooks,
  view: {
    listing: (account, listing) => ({
      ...{ roomTypeID: String(listing.id), roomTypeName: listing.name, propertyID: String(propertyOf(account, listing)) },
      rooms: (listing.units.length > 0 ? listing.units : [null]).map((unit) => roomIdOf(listing, unit?.id ?? null)),
    }),
    reservation: wireWhole,
    message: (_, { id, body }) => ({ id, body }),
    tasks: () => [],
    ids: {
      property: (account, listing) => String(propertyOf(account, listing)),
      listing: (_, { id }) => String(id),
      unit: (_, listing, unitId) => roomIdOf(listing, unitId),
      reservation: (_, { id }) => String(id),
      message: (_, { id }) => String(id),
    },
  },
  story: {
    weights: {
      ...{ book: 16, confirm: 4, extend: 8, shorten: 4, cancel: 7, move: 6, lateCheckout: 6, earlyCheckin: 4, doorCode: 3 },
      ...{ checkIn: 8, checkOut: 8, noShow: 1, remove: 1, unitStatus: 20, task: 5, ticket: 6 },
    },
    bookings: { new: 90, pending: 10 },
    lacks: ['message', 'reply', 'inquiry', 'ownerStay'],
  },
  open: (world, account, now) => ({
    own: openCloudbeds(world, account, now),
    meter: new SlidingWindow((account.config as CloudbedsConfig).callsPerSecond, WINDOW_MS),
  }),
  renew: renewCloudbeds,
};
