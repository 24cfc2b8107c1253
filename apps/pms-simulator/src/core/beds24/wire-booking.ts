import { nightsBetween } from '../stamps.ts';
import type { Channel, Reservation } from '../reservation.ts';
import { listingOf, type Account, type Message } from '../world.ts';
import { utc } from './answer.ts';
import { beds24Of, propertyOf, unitNumber } from './own.ts';
import type { WebhookSettings } from './config.ts';

type Wire = Record<string, unknown>;

/** W:API_V2.0_apisourceids */
const SOURCES: Readonly<Record<Channel, { channel: string; apiSourceId: number; apiSource: string }>> = {
  direct: { channel: 'direct', apiSourceId: 0, apiSource: 'Direct' },
  airbnb: { channel: 'airbnb', apiSourceId: 46, apiSource: 'Airbnb' },
  bookingcom: { channel: 'booking', apiSourceId: 19, apiSource: 'Booking.com' },
  vrbo: { channel: 'vrbo', apiSourceId: 30, apiSource: 'Vrbo' },
};

const NEVER_SET: Wire = {
  ...{ title: '', fax: '', company: '', address: '', state: '', postcode: '', country2: null, arrivalTime: '', voucher: '' },
  ...{ comments: '', notes: '', message: '', groupNote: '', custom1: '', custom2: '', custom3: '', custom4: '', custom5: '' },
  ...{ custom6: '', custom7: '', custom8: '', custom9: '', custom10: '', flagColor: '', flagText: '', statusCode: 0, lang: 'en' },
  ...{ refererEditable: '', reference: '', allowChannelUpdate: 'all', allowAutoAction: 'enable', allowReview: 'default' },
  ...{ allowCancellation: { type: 'daysBeforeArrival', daysBeforeArrivalValue: 2 }, invoiceeId: null },
  ...{ deposit: 0, tax: 0, commission: 0, rateDescription: '', stripeToken: null, pcibookingToken: null, apiMessage: '' },
};

/** "new" is what nobody has opened in the panel yet; "black" blocks without a guest. */
export function statusOf({ status, channel }: Reservation): string {
  if (status === 'cancelled' || status === 'declined' || status === 'expired') return 'cancelled';
  if (status === 'pending') return 'request';
  if (status === 'inquiry') return 'inquiry';
  if (status === 'ownerStay') return 'black';
  return status === 'new' && channel !== 'direct' ? 'new' : 'confirmed';
}

const subStatusOf = ({ status, noShow, cancelledBy }: Reservation): string => {
  if (noShow) return 'noShow';
  return status !== 'cancelled' ? 'none' : cancelledBy === 'host' ? 'cancelledByHost' : 'cancelledByGuest';
};

export function wireBooking(account: Account, one: Reservation): Wire {
  const { guest } = one;
  const listing = listingOf(account, one.listingId)!;
  const { readings } = beds24Of(account).config;
  const cancelled = statusOf(one) === 'cancelled';
  return {
    ...NEVER_SET,
    ...{ id: one.id, masterId: null, propertyId: propertyOf(account, listing), roomId: one.listingId, offerId: 1 },
    ...{ unitId: unitNumber(listing, one.unitId), roomQty: 1, status: statusOf(one), subStatus: subStatusOf(one) },
    ...{ arrival: one.arrivalDate, departure: one.departureDate, numAdult: guest.adults, numChild: guest.children },
    ...{ firstName: guest.firstName, lastName: guest.lastName, email: `guest-${one.id}@example.invalid` },
    ...{ phone: '+10000000000', mobile: '+10000000000', city: guest.city, country: guest.country },
    ...SOURCES[one.channel],
    ...{ apiReference: one.channel === 'direct' ? '' : one.channelReservationId, referer: SOURCES[one.channel].apiSource },
    ...{ bookingTime: utc(one.insertedAt), modifiedTime: utc(one.updatedAt), cancelTime: cancelTimeOf(account, one) },
    price: cancelled && readings.zeroOnCancel ? 0 : one.totalPrice,
  };
}

/** May stay null on a cancelled booking (HC; filled on 139 of 179). */
function cancelTimeOf(account: Account, { cancelledAt, id }: Reservation): string | null {
  const { cancelTime } = beds24Of(account).config.readings;
  const told = cancelTime === 'always' || (cancelTime === 'some' && id % 4 !== 0);
  return cancelledAt !== null && told ? utc(cancelledAt) : null;
}

/** Codes of locks lie here too, in the clear. */
export function infoItems(one: Reservation, additionalData: WebhookSettings['additionalData'] = 'none'): Wire[] {
  const item = (number: number, code: string, text: string): Wire => ({
    ...{ id: one.id * 10 + number, bookingId: one.id, createTime: utc(one.insertedAt), code, text },
  });
  return [
    ...(one.doorCode === null ? [] : [item(1, 'LOCKPIN', one.doorCode)]),
    ...(additionalData.startsWith('CVC') ? [item(2, 'CVC', String(100 + (one.id % 900)))] : []),
  ];
}

export const invoiceItems = (account: Account, one: Reservation): Wire[] => [
  {
    ...{ id: one.id * 10, bookingId: one.id, type: 'charge', subType: 1, description: 'Room', status: '' },
    ...{ qty: nightsBetween(one.arrivalDate, one.departureDate), amount: one.totalPrice, lineTotal: one.totalPrice },
    ...{ vatRate: 0, invoiceeId: null, createdBy: account.id, createTime: utc(one.insertedAt) },
  },
];

export function wireMessage(account: Account, { id, reservationId, listingId, body, incoming, at }: Message): Wire {
  const propertyId = propertyOf(account, listingOf(account, listingId)!);
  return {
    ...{ id, bookingId: reservationId, read: !incoming || beds24Of(account).read.has(id), message: body },
    ...{ attachment: null, attachmentName: null, attachmentMimeType: null, source: incoming ? 'guest' : 'host' },
    ...{ roomId: listingId, propertyId, time: utc(at), authorOwnerId: account.id },
  };
}

/** A webhook says more, and as little of the person as its version wants. */
export function webhookBooking(account: Account, one: Reservation, { version, additionalData }: WebhookSettings): Wire {
  const nobody = { firstName: '', lastName: '', email: '', phone: '', mobile: '', city: '', country: '' };
  const token = additionalData === 'token' || additionalData === 'CVCAndToken';
  return {
    ...wireBooking(account, one),
    bookingGroup: null,
    ...(version === 'twoNoPersonalData' ? nobody : {}),
    ...(token ? { stripeToken: `tok_${one.id}`, pcibookingToken: `pci_${one.id}` } : {}),
  };
}
