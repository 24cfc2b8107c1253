import type { Provider } from '../provider.ts';
import type { Beds24Config } from './config.ts';
import { CreditWindow } from './credits.ts';
import { door, tokenRoutes } from './door.ts';
import { openBeds24, propertyOf, renewBeds24, unitNumber } from './own.ts';
import { pushRoutes } from './push-routes.ts';
import { readRoutes } from './read-routes.ts';
import { hooks } from './webhooks.ts';
import { infoItems, wireBooking, wireMessage } from './wire-booking.ts';
import { wireRoom } from './wire-property.ts';

export const beds24: Provider = {
  name: 'beds24',
  door: { ...door, routes: [...tokenRoutes, ...readRoutes, ...pushRoutes] },
  hooks,
  view: {
    listing: (account, listing) => ({ ...wireRoom(account, listing, true), propertyId: propertyOf(account, listing) }),
    reservation: (account, one) => ({ ...wireBooking(account, one), infoItems: infoItems(one) }),
    message: wireMessage,
    tasks: () => [],
    ids: {
      property: (account, listing) => String(propertyOf(account, listing)),
      listing: (_, { id }) => String(id),
      unit: (_, listing, unitId) => `${listing.id}/${unitNumber(listing, unitId)}`,
      reservation: (_, { id }) => String(id),
      message: (_, { id }) => String(id),
    },
  },
  story: {
    weights: {
      ...{ book: 16, confirm: 4, extend: 8, shorten: 4, cancel: 7, move: 6, doorCode: 3, noShow: 1 },
      ...{ message: 10, reply: 4, unitStatus: 20, task: 5, ticket: 4, rates: 4 },
    },
    bookings: { new: 80, pending: 8, inquiry: 7, ownerStay: 5 },
    lacks: ['checkIn', 'checkOut', 'lateCheckout', 'earlyCheckin'],
  },
  open: (world, account, now) => ({
    ...{ own: openBeds24(world, account, now), meter: new CreditWindow((account.config as Beds24Config).credits) },
  }),
  renew: renewBeds24,
};
