import type { Reservation } from '../reservation.ts';
import { nightsBetween, stamp, stampOrNull } from '../stamps.ts';
import { listingOf, type Account } from '../world.ts';
import { CHANNELS } from './channels.ts';

type Wire = Record<string, unknown>;

/** What the object has and the story never sets (names of D:includes/_reservation_reservationObject.md). */
const NEVER_SET: Wire = {
  ...{ externalPropertyId: null, externalRatePlanId: null, externalUnitId: null, assigneeUserId: null },
  ...{ manualIcalId: null, manualIcalName: null, isProcessed: 1, isInitial: 0, isManuallyChecked: 0, isInstantBooked: 0 },
  ...{ hasPullError: 0, pendingExpireDate: null, guestExternalAccountId: null, guestZipCode: null, guestAddress: null },
  ...{ guestPicture: null, guestRecommendations: 0, guestTrips: 0, guestWork: null, isGuestIdentityVerified: 0 },
  ...{ isGuestVerifiedByEmail: 0, isGuestVerifiedByWorkEmail: 0, isGuestVerifiedByFacebook: 0, isGuestVerifiedByGovernmentId: 0 },
  ...{ isGuestVerifiedByPhone: 0, isGuestVerifiedByReviews: 0, infants: null, pets: null, isDatesUnspecified: 0 },
  ...{ taxAmount: null, channelCommissionAmount: null, hostawayCommissionAmount: null, securityDepositFee: null },
  ...{ isPaid: null, paymentMethod: null, stripeGuestId: null, hostNote: null, guestNote: null, guestLocale: null },
  ...{ doorCodeVendor: null, doorCodeInstruction: null, comment: null, isStarred: 0, isArchived: 0, isPinned: 0 },
  ...{ originalChannel: null, customerUserId: null, rentalAgreementFileUrl: null, reservationAgreement: null },
  ...{ remainingBalance: null, insuranceStatus: null, claimStatus: null, insurancePolicyId: null },
  ...{ cancellationPolicyId: null, cancellationPolicy: null, bookingCancellationPolicy: null, vrboCancellationPolicy: null },
  ...{ marriottCancellationPolicy: null, bookingcomNoShowReportedAt: null, bookingcomNoShowFeeWaived: null },
};

export type ReservationView = { resources: boolean };

/**
 * The reservation object. Without `includeResources=1` its custom fields, fees and units are empty and `hostProxyEmail` is null
 * (D:includes/_reservation_retrieveReservationsList.md), which is also how a webhook carries it.
 */
export function wireReservation(account: Account, reservation: Reservation, { resources }: ReservationView): Wire {
  return {
    ...identityOf(account, reservation),
    ...NEVER_SET,
    ...guestOf(reservation),
    ...stayOf(reservation),
    ...moneyOf(account, reservation),
    ...timesOf(reservation),
    hostProxyEmail: resources ? `host-${reservation.id}@example.invalid` : null,
    customFieldValues: resources ? [{ customFieldId: 167, value: reservation.guest.country }] : [],
    reservationFees: [],
    financeField: [],
    reservationUnit: resources ? unitsOf(reservation) : [],
  };
}

/** Shortened as in the two bodies that a third party recorded (SH): only what its author cared for. */
export function shortened(wire: Wire): Wire {
  const kept = ['id', 'listingMapId', 'listingName', 'channelId', 'channelName', 'guestName', 'guestFirstName', 'guestLastName'];
  kept.push('status', 'arrivalDate', 'departureDate', 'nights', 'totalPrice');
  return Object.fromEntries(kept.map((key) => [key, wire[key]]));
}

const identityOf = (account: Account, { id, listingId, channel, channelReservationId, confirmationCode }: Reservation): Wire => ({
  ...{ id, listingMapId: listingId, listingName: listingOf(account, listingId)?.name ?? '' },
  ...{ channelId: CHANNELS[channel].id, source: CHANNELS[channel].name, channelName: CHANNELS[channel].name },
  ...{ reservationId: channelReservationId, hostawayReservationId: id, channelReservationId, confirmationCode },
});

const guestOf = ({ id, guest }: Reservation): Wire => ({
  guestName: fullName(guest),
  guestFirstName: guest.firstName,
  guestLastName: guest.lastName === '' ? null : guest.lastName,
  ...{ guestCity: guest.city, guestCountry: guest.country, guestEmail: `guest-${id}@example.invalid`, phone: '+10000000000' },
  ...{ numberOfGuests: guest.adults + guest.children, adults: guest.adults, children: guest.children },
});

const stayOf = (one: Reservation): Wire => ({
  ...{
    arrivalDate: one.arrivalDate,
    departureDate: one.departureDate,
    nights: nightsBetween(one.arrivalDate, one.departureDate),
  },
  ...{ previousArrivalDate: one.previousArrivalDate, previousDepartureDate: one.previousDepartureDate },
  ...{ checkInTime: one.checkInTime, checkOutTime: one.checkOutTime, doorCode: one.doorCode },
  ...{ status: one.status, cancellationDate: stampOrNull(one.cancelledAt), cancelledBy: one.cancelledBy },
});

const moneyOf = (account: Account, { listingId, totalPrice, currency }: Reservation): Wire => ({
  ...{ totalPrice, currency, cleaningFee: listingOf(account, listingId)?.cleaningFee ?? null },
});

const timesOf = ({ insertedAt, updatedAt, activityAt }: Reservation): Wire => ({
  ...{
    reservationDate: stamp(insertedAt),
    insertedOn: stamp(insertedAt),
    updatedOn: stamp(updatedAt),
    latestActivityOn: stamp(activityAt),
  },
});

/** D:includes/_reservation_reservationUnitObject.md */
function unitsOf({ id, unitId, guest, totalPrice, channelReservationId }: Reservation): Wire[] {
  if (unitId === null) return [];
  const { firstName: guestFirstName, lastName: guestLastName, adults, children } = guest;
  return [
    {
      ...{ id: id * 10 + 1, reservationId: id, listingUnitId: unitId, externalReservationId: channelReservationId },
      ...{ externalReservationUnitId: null, guestName: fullName(guest), guestFirstName, guestLastName },
      ...{ numberOfGuests: adults + children, adults, children, infants: 0, pets: 0, totalPrice },
    },
  ];
}

const fullName = ({ firstName, lastName }: Reservation['guest']): string => `${firstName} ${lastName}`.trim();
