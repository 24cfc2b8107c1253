import { someGuest } from './people.ts';
import { placeIn } from './places.ts';
import type { Chance } from './random.ts';
import type { Reservation, ReservationStatus, Stay } from './reservation.ts';
import { nightsBetween } from './stamps.ts';
import { newId, type Account, type Listing } from './world.ts';

/** How often each channel books here is the story's own. */
const MIX = { direct: 2, vrbo: 1, bookingcom: 4, airbnb: 5 } as const;
/** The middle part of an OTA's booking number. */
const CHANNEL_NUMBERS = { direct: 2000, vrbo: 2002, bookingcom: 2005, airbnb: 2018 } as const;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export type Booking = Stay & { now: number; guestName?: string | undefined; status?: ReservationStatus; cleaned?: boolean };

/** Also makes what an automation makes with it, where that plans so far ahead: the task to clean after the guest. */
export function newReservation(
  account: Account,
  listing: Listing,
  { now, guestName, status = 'new', cleaned = true, ...stay }: Booking,
): Reservation {
  const { chance } = account;
  const id = newId(account, 'reservation');
  const channel = status === 'ownerStay' ? 'direct' : chance.weighted(MIX);
  const airbnb = channel === 'airbnb';
  if (cleaned) planCleaning(account, id);
  return {
    ...{ id, conversationId: 1_000_000 + (id % 1_000_000), ...stay, channel, status },
    channelReservationId: airbnb
      ? code(chance, 10)
      : `${account.id}-${listing.id}-${CHANNEL_NUMBERS[channel]}-${chance.int(1_000_000_000, 9_999_999_999)}`,
    confirmationCode: airbnb ? `HM${code(chance, 8)}` : null,
    guest: someGuest(chance, guestName),
    ...{ previousArrivalDate: null, previousDepartureDate: null },
    ...{ checkInTime: listing.checkInTimeStart, checkOutTime: listing.checkOutTime },
    totalPrice: priceOf(listing, stay),
    currency: placeIn(account.config.timeZone).currency,
    ...{ cancelledAt: null, cancelledBy: null, doorCode: null },
    ...{ checkedInAt: null, checkedOutAt: null, noShow: false },
    ...{ insertedAt: now, updatedAt: now, activityAt: now },
  };
}

function planCleaning(account: Account, reservationId: number): void {
  const id = newId(account, 'cleaning');
  account.cleanings.set(id, { id, reservationId, status: 'pending', startedAt: null, completedAt: null });
}

export const priceOf = (listing: Listing, { arrivalDate, departureDate }: Pick<Stay, 'arrivalDate' | 'departureDate'>): number =>
  nightsBetween(arrivalDate, departureDate) * listing.price + listing.cleaningFee;

const code = (chance: Chance, length: number): string => Array.from({ length }, () => chance.pick([...LETTERS])).join('');
