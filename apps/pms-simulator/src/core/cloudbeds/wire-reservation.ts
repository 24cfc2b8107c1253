import { rateOf } from '../rates.ts';
import type { Channel, Reservation } from '../reservation.ts';
import { addDays, daysBetween, stamp } from '../stamps.ts';
import { listingOf, type Account } from '../world.ts';
import { localStamp } from './answer.ts';
import { propertyOf, roomIdOf } from './own.ts';

type Wire = Record<string, unknown>;

const SOURCES: Readonly<Record<Channel, { name: string; sourceID: string; category: string }>> = {
  airbnb: { name: 'Airbnb', sourceID: 'ss-9-1', category: 'ota' },
  bookingcom: { name: 'Booking.com', sourceID: 'ss-1-1', category: 'ota' },
  vrbo: { name: 'Vrbo', sourceID: 'ss-12-1', category: 'ota' },
  direct: { name: 'Website/Booking Engine', sourceID: 's-1-1', category: 'direct' },
};

/** "canceled" of a reservation, "cancelled" of its room. */
export function statusOf({ status, noShow, checkedInAt, checkedOutAt }: Reservation): string {
  if (noShow) return 'no_show';
  if (status === 'cancelled' || status === 'declined' || status === 'expired') return 'canceled';
  if (status === 'pending' || status === 'inquiry') return 'not_confirmed';
  if (checkedOutAt !== null) return 'checked_out';
  return checkedInAt === null ? 'confirmed' : 'checked_in';
}

function roomStatusOf(one: Reservation): string {
  const status = statusOf(one);
  if (status === 'canceled' || status === 'no_show') return 'cancelled';
  return status === 'checked_in' ? 'in_house' : status === 'checked_out' ? 'checked_out' : 'not_checked_in';
}

export const subId = ({ id }: Reservation): string => `${id}-1`;
export const guestId = ({ id }: Reservation): string => String(id + 1);
export const guestName = ({ guest }: Reservation): string => `${guest.firstName} ${guest.lastName}`.trim();
const hour = (of: number | null): string => `${String(of ?? 15).padStart(2, '0')}:00`;

const balanceOf = ({ totalPrice }: Reservation): Wire => ({
  ...{ suggestedDeposit: '0.00', subTotal: totalPrice, additionalItems: 0, taxesFees: 0, grandTotal: totalPrice, paid: 0 },
});

const customFieldsOf = ({ doorCode }: Reservation): Wire[] =>
  doorCode === null
    ? []
    : [{ customFieldID: '1', shortcode: 'door_code', isActive: true, customFieldName: 'Door code', customFieldValue: doorCode }];

const guestListOf = (one: Reservation): Wire => ({
  [guestId(one)]: {
    ...{ guestID: guestId(one), guestFirstName: one.guest.firstName, guestLastName: one.guest.lastName },
    ...{ guestEmail: `guest-${one.id}@example.invalid`, guestCountry: one.guest.country, isMainGuest: true },
  },
});

const roomOf = (account: Account, one: Reservation): Wire => {
  const listing = listingOf(account, one.listingId)!;
  const unit = listing.units.find(({ id }) => id === one.unitId);
  return {
    ...{ roomTypeID: String(listing.id), roomTypeName: listing.name, roomTypeIsVirtual: false, subReservationID: subId(one) },
    ...{ isRoomLocked: false, adults: String(one.guest.adults), children: String(one.guest.children) },
    ...{ reservationRoomID: String(one.id * 10), roomID: roomIdOf(listing, one.unitId), roomName: unit?.number ?? listing.name },
    ...{ marketName: '', marketCode: '' },
  };
};

const stayRoomOf = (account: Account, one: Reservation): Wire => ({
  ...roomOf(account, one),
  ...{ guestID: guestId(one), guestName: guestName(one), roomStatus: roomStatusOf(one) },
  ...{ roomCheckIn: one.arrivalDate, roomCheckOut: one.departureDate },
});

const nightsOf = (one: Reservation): string[] => daysBetween(one.arrivalDate, addDays(one.departureDate, -1));

const identityOf = (account: Account, one: Reservation): Wire => ({
  ...{ propertyID: String(propertyOf(account, listingOf(account, one.listingId)!)), reservationID: String(one.id) },
  ...{ dateCreated: localStamp(account.config.timeZone, one.insertedAt), status: statusOf(one) },
  dateModified: localStamp(account.config.timeZone, one.updatedAt),
  thirdPartyIdentifier: one.channel === 'direct' ? '' : one.channelReservationId,
});

export type View = { guests: boolean; fields: boolean; rooms: boolean };

/** `getReservations`. */
export function wireReservation(account: Account, one: Reservation, view: View): Wire {
  return {
    ...identityOf(account, one),
    ...{
      guestID: guestId(one),
      profileID: guestId(one),
      guestName: guestName(one),
      startDate: one.arrivalDate,
      endDate: one.departureDate,
    },
    ...{ allotmentBlockCode: null, groupCode: null, adults: String(one.guest.adults), children: String(one.guest.children) },
    ...{ balance: one.totalPrice, sourceName: SOURCES[one.channel].name, sourceID: SOURCES[one.channel].sourceID },
    ...{ groupInventory: [], subReservationID: subId(one), origin: SOURCES[one.channel].name, mealPlans: '' },
    ...(view.fields ? { customFields: customFieldsOf(one) } : {}),
    ...(view.rooms ? { rooms: [stayRoomOf(account, one)] } : {}),
    ...(view.guests ? { guestList: guestListOf(one) } : {}),
  };
}

/** `getReservationsWithRateDetails`: the one that has times of UTC. */
export function wireDetailed(account: Account, one: Reservation, view: Omit<View, 'rooms'> & { deleted: boolean }): Wire {
  const rates = Object.fromEntries(
    nightsOf(one).map((night) => [night, rateOf(account, listingOf(account, one.listingId)!, night).price]),
  );
  const { name, sourceID, category } = SOURCES[one.channel];
  const local = (ms: number | null): string | null => (ms === null ? null : localStamp(account.config.timeZone, ms));
  return {
    ...identityOf(account, one),
    ...{ isDeleted: view.deleted, dateCreatedUTC: stamp(one.insertedAt), dateModifiedUTC: stamp(one.updatedAt) },
    ...{ dateCancelled: local(one.cancelledAt), dateCancelledUTC: one.cancelledAt === null ? null : stamp(one.cancelledAt) },
    reservationCheckIn: `${one.arrivalDate} ${hour(one.checkInTime)}:00`,
    reservationCheckOut: `${one.departureDate} ${hour(one.checkOutTime)}:00`,
    ...{ guestID: guestId(one), profileID: guestId(one), guestCountry: one.guest.country, sourceName: name },
    ...{ source: { name, paymentCollect: 'hotel', sourceID, category }, sourceCategory: category },
    ...{ sourceReservationID: one.channelReservationId, propertyCurrency: one.currency, balanceDetailed: balanceOf(one) },
    detailedRates: rates,
    rooms: [{ ...stayRoomOf(account, one), rateID: String(one.listingId), rateName: 'Base', detailedRoomRates: rates }],
    ...{
      origin: name,
      mealPlans: '',
      estimatedArrivalTime: hour(one.checkInTime),
      total: one.totalPrice,
      balance: one.totalPrice,
    },
    dateImported: local(one.insertedAt),
    ...(view.fields ? { customFields: customFieldsOf(one) } : {}),
    ...(view.guests ? { guestList: guestListOf(one) } : {}),
  };
}

/** `getReservation`. */
export function wireWhole(account: Account, one: Reservation): Wire {
  const dailyRates = nightsOf(one).map((date) => ({
    date,
    rate: rateOf(account, listingOf(account, one.listingId)!, date).price,
  }));
  const stay = { startDate: one.arrivalDate, endDate: one.departureDate };
  return {
    ...identityOf(account, one),
    ...{
      guestName: guestName(one),
      guestEmail: `guest-${one.id}@example.invalid`,
      isAnonymized: false,
      guestList: guestListOf(one),
    },
    ...{
      estimatedArrivalTime: hour(one.checkInTime),
      source: SOURCES[one.channel].name,
      sourceID: SOURCES[one.channel].sourceID,
    },
    ...{ total: one.totalPrice, balance: one.totalPrice, balanceDetailed: balanceOf(one) },
    assigned: [
      {
        ...{ ...roomOf(account, one), ...stay, dailyRates, roomTotal: String(one.totalPrice), dormRoomName: '' },
        roomTypeNameShort: listingOf(account, one.listingId)!.name.slice(0, 4),
      },
    ],
    ...{ unassigned: [], cardsOnFile: [], customFields: customFieldsOf(one), ...stay, allotmentBlockCode: null },
    ...{ channelProvidedCreditCard: false, groupInventory: [], origin: SOURCES[one.channel].name, mealPlans: '' },
  };
}
