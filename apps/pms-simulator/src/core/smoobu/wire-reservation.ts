import type { Channel, Reservation } from '../reservation.ts';
import { listingOf, type Account, type Listing } from '../world.ts';
import { smoobuOf } from './own.ts';

type Wire = Record<string, unknown>;

/** Ids of channels: only Airbnb's is seen (74); the others are chosen. */
const CHANNELS: Readonly<Record<Channel, { id: number; name: string }>> = {
  airbnb: { id: 74, name: 'Airbnb' },
  bookingcom: { id: 14, name: 'Booking.com' },
  vrbo: { id: 16, name: 'Vrbo' },
  direct: { id: 13, name: 'Direct booking' },
};

/** One apartment is one door: there are no units in it. */
export const apartmentOf = ({ listingId, unitId }: Pick<Reservation, 'listingId' | 'unitId'>): number => unitId ?? listingId;

export type Apartment = { id: number; name: string; listing: Listing; unitId: number | null };

export const apartmentsOf = ({ listings }: Account): Apartment[] =>
  listings.flatMap((listing): Apartment[] =>
    listing.units.length > 0
      ? listing.units.map(({ id, name }) => ({ id, name: `${listing.name} ${name}`, listing, unitId: id }))
      : [{ id: listing.id, name: listing.name, listing, unitId: null }],
  );

export const isCancelled = ({ status }: Reservation): boolean =>
  status === 'cancelled' || status === 'declined' || status === 'expired';

export const typeOf = (one: Reservation): string =>
  isCancelled(one) ? 'cancellation' : one.status === 'modified' ? 'modification of booking' : 'reservation';

/** "YYYY-MM-DD HH:MM": two changes in a minute tie. */
export const minute = (account: Account, ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(smoobuOf(account).config.readings.stampZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })
    .replace('T', ' ');

const hour = (of: number | null): string => `${String(of ?? 15).padStart(2, '0')}:00`;

export type View = { priceElements: boolean; modified?: 'modifiedAt' | 'modified-at' };

export function wireReservation(account: Account, one: Reservation, { priceElements, modified = 'modifiedAt' }: View): Wire {
  const { guest } = one;
  const id = apartmentOf(one);
  return {
    ...{ id: one.id, 'reference-id': one.channel === 'direct' ? null : one.channelReservationId, type: typeOf(one) },
    ...{ arrival: one.arrivalDate, departure: one.departureDate, 'created-at': minute(account, one.insertedAt) },
    [modified]: minute(account, one.updatedAt),
    apartment: { id, name: apartmentsOf(account).find((apartment) => apartment.id === id)?.name ?? '' },
    channel: CHANNELS[one.channel],
    ...{ 'guest-name': `${guest.firstName} ${guest.lastName}`.trim(), email: `guest-${one.id}@example.invalid` },
    ...{ phone: '+10000000000', adults: guest.adults, children: guest.children },
    ...{
      'check-in': hour(one.checkInTime),
      'check-out': hour(one.checkOutTime),
      notice: one.doorCode ? `Door code ${one.doorCode}` : '',
    },
    ...{ price: one.totalPrice, 'price-paid': 'No', prepayment: 0, 'prepayment-paid': 'No', deposit: null, 'deposit-paid': 'No' },
    ...{ language: 'en', 'guest-app-url': `https://guest.smoobu.invalid/${one.id}` },
    'is-blocked-booking': blockedOf(account, one),
    guestId: one.id + 1,
    ...(priceElements ? { priceElements: elementsOf(account, one) } : {}),
  };
}

function blockedOf(account: Account, { status }: Reservation): boolean | string {
  const blocked = status === 'ownerStay';
  return smoobuOf(account).config.readings.blocked === 'boolean' ? blocked : blocked ? 'YES' : 'NO';
}

export function elementsOf(account: Account, one: Reservation): Wire[] {
  const cleaningFee = listingOf(account, one.listingId)?.cleaningFee ?? 0;
  const element = (type: string, name: string, amount: number, sortOrder: number): Wire => ({
    ...{ id: one.id * 10 + sortOrder, type, name, amount, quantity: null, tax: null, currencyCode: one.currency, sortOrder },
    priceIncludedInId: null,
  });
  return [
    element('basePrice', 'Base price', one.totalPrice - cleaningFee, 1),
    element('cleaningFee', 'Cleaning fee', cleaningFee, 4),
  ];
}
