import { someGuest } from './people.ts';
import { placeIn } from './places.ts';
import type { Chance } from './random.ts';
import type { Reservation, ReservationStatus, Stay } from './reservation.ts';
import { nightsBetween } from './stamps.ts';
import { newId, type Account, type Listing } from './world.ts';

/** D:includes/_reservation_channels.md; how often each books here is the story's own. */
export const CHANNELS: Readonly<Record<number, string>> = {
  2018: 'airbnbOfficial',
  2005: 'bookingcom',
  2000: 'direct',
  2002: 'homeaway',
};
const MIX = { 2018: 5, 2005: 4, 2000: 2, 2002: 1 } as const;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export type Booking = Stay & { now: number; guestName?: string | undefined; status?: ReservationStatus };

/** Also makes what Hostaway's automation makes with it: the task to clean after the guest. */
export function newReservation(
  account: Account,
  listing: Listing,
  { now, guestName, status = 'new', ...stay }: Booking,
): Reservation {
  const { chance } = account;
  const id = newId(account, 'reservation');
  const channelId = status === 'ownerStay' ? 2000 : Number(chance.weighted(MIX));
  const airbnb = channelId === 2018;
  const cleaning = newId(account, 'cleaning');
  account.cleanings.set(cleaning, { id: cleaning, reservationId: id, status: 'pending', startedAt: null, completedAt: null });
  return {
    ...{ id, conversationId: 1_000_000 + (id % 1_000_000), ...stay, channelId, status },
    channelReservationId: airbnb
      ? code(chance, 10)
      : `${account.id}-${listing.id}-${channelId}-${chance.int(1_000_000_000, 9_999_999_999)}`,
    confirmationCode: airbnb ? `HM${code(chance, 8)}` : null,
    guest: someGuest(chance, guestName),
    ...{ previousArrivalDate: null, previousDepartureDate: null },
    ...{ checkInTime: listing.checkInTimeStart, checkOutTime: listing.checkOutTime },
    totalPrice: priceOf(listing, stay),
    currency: placeIn(account.config.timeZone).currency,
    ...{ cancelledAt: null, cancelledBy: null, doorCode: null },
    ...{ insertedAt: now, updatedAt: now, activityAt: now },
  };
}

export const priceOf = (listing: Listing, { arrivalDate, departureDate }: Pick<Stay, 'arrivalDate' | 'departureDate'>): number =>
  nightsBetween(arrivalDate, departureDate) * listing.price + listing.cleaningFee;

const code = (chance: Chance, length: number): string => Array.from({ length }, () => chance.pick([...LETTERS])).join('');
