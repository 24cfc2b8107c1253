import { SlidingWindow } from '../limits.ts';
import type { Provider } from '../provider.ts';
import { doorOf } from '../reservation.ts';
import type { World } from '../world.ts';
import { fail, TOO_MANY } from './answer.ts';
import type { HostawayConfig } from './config.ts';
import { CALLS_PER_ACCOUNT, CALLS_PER_ADDRESS, WINDOW_MS } from './limits.ts';
import { listingRoutes } from './listing-routes.ts';
import { hostawayOf, openHostaway } from './own.ts';
import { pushRoutes } from './push-routes.ts';
import { reservationRoutes } from './reservation-routes.ts';
import { claimant, refusal, tokenRoutes } from './token-door.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { hooks } from './webhooks.ts';
import { wireMessage } from './wire-conversation.ts';
import { wireListing, wireUnit } from './wire-listing.ts';
import { wireReservation } from './wire-reservation.ts';
import { wireTask } from './wire-task.ts';

export const hostaway: Provider = {
  name: 'hostaway',
  door: {
    serves: (path) => path.startsWith('/v1/'),
    routes: [...tokenRoutes, ...reservationRoutes, ...listingRoutes, ...pushRoutes, ...webhookRoutes],
    claimant,
    refusal,
    meters: (world, { address }) => [addressWindow(world, address)],
    tooMany: () => TOO_MANY,
    broken: fail(500, 'Internal server error'),
    unknown: fail(404, 'Resource not found'),
  },
  hooks,
  view: {
    listing: (account, listing) => ({ ...wireListing(account, listing), units: listing.units.map(wireUnit) }),
    reservation: (account, one) => wireReservation(account, one, { resources: true }),
    message: wireMessage,
    tasks: (account) =>
      [...account.cleanings.values()].flatMap((task) => {
        const stay = account.reservations.get(task.reservationId)?.current;
        return stay ? [wireTask(account, task, stay)] : [];
      }),
    ids: {
      property: (_, listing) => String(listing.id),
      listing: (_, listing) => String(listing.id),
      unit: (_, { id: listingId }, unitId) => doorOf({ listingId, unitId }),
      reservation: (_, { id }) => String(id),
      message: (_, { id }) => String(id),
    },
  },
  story: {
    weights: {
      ...{ book: 16, confirm: 4, extend: 8, shorten: 4, cancel: 7, move: 6, lateCheckout: 10, earlyCheckin: 5, doorCode: 5 },
      ...{ message: 14, reply: 4, unitStatus: 20, task: 5, ticket: 4 },
    },
    bookings: { new: 80, pending: 8, inquiry: 7, ownerStay: 5 },
    lacks: ['checkIn', 'checkOut', 'noShow'],
  },
  open: (_, account) => ({ own: openHostaway(account), meter: new SlidingWindow(CALLS_PER_ACCOUNT, WINDOW_MS) }),
  renew: (_, account) => void (hostawayOf(account).config = account.config as HostawayConfig),
};

function addressWindow(world: World, address: string): SlidingWindow {
  const known = world.addresses.get(address) ?? new SlidingWindow(CALLS_PER_ADDRESS, WINDOW_MS);
  world.addresses.set(address, known);
  return known;
}
