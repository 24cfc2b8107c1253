import type { Channel, Reservation } from '../reservation.ts';
import { hourOf } from '../stamps.ts';
import { listingOf, type Account } from '../world.ts';
import { utc, utcOrNull } from './fields.ts';
import { enterpriseOf, guid, resourceId } from './ids.ts';

type Wire = Record<string, unknown>;

const DEFAULT_CHECK_IN = 15;
const DEFAULT_CHECK_OUT = 11;
const ORIGINS: Readonly<Record<Channel, string>> = {
  ...{ airbnb: 'ChannelManager', bookingcom: 'ChannelManager', vrbo: 'ChannelManager', direct: 'Distributor' },
};
const NEVER_SET = {
  ...{ CommanderOrigin: null, OriginDetails: null, VoucherId: null, BusinessSegmentId: null, CreditCardId: null },
  ...{ AvailabilityBlockId: null, PartnerCompanyId: null, TravelAgencyId: null, AssignedResourceLocked: false },
  ...{ ChannelManagerNumber: '', ReleasedUtc: null, Purpose: 'Leisure' },
};

/** M:operations/reservations.md: Canceled here, CancelledUtc there. */
export function stateOfStay({ status, checkedInAt, checkedOutAt }: Reservation): string {
  if (status === 'cancelled' || status === 'declined' || status === 'expired') return 'Canceled';
  if (status === 'inquiry') return 'Inquired';
  if (status === 'pending') return 'Optional';
  if (checkedOutAt !== null) return 'Processed';
  return checkedInAt === null ? 'Confirmed' : 'Started';
}

/** No-show is a reason to be cancelled, not a state. */
function reasonOf({ status, noShow, cancelledBy }: Reservation): string | null {
  if (noShow) return 'NoShow';
  if (status === 'declined' || status === 'expired') return 'ConfirmationMissed';
  return status === 'cancelled' ? (cancelledBy === 'guest' ? 'RequestedByGuest' : 'Other') : null;
}

/** Instants, not dates: the property's check-in hour on the day of arrival, on its own wall. */
export const stayOf = ({ config }: Account, one: Reservation): { start: number; end: number } => ({
  start: hourOf(one.arrivalDate, one.checkInTime ?? DEFAULT_CHECK_IN, config.timeZone),
  end: hourOf(one.departureDate, one.checkOutTime ?? DEFAULT_CHECK_OUT, config.timeZone),
});

export function wireReservation(account: Account, one: Reservation): Wire & { Id: string } {
  const { start, end } = stayOf(account, one);
  const customer = guid(account, 'customer', one.id);
  const group = guid(account, 'group', one.id);
  const id = guid(account, 'reservation', one.id);
  return {
    ...{ Id: id, ServiceId: serviceOf(account, one), AccountId: customer, AccountType: 'Customer' },
    ...{
      CreatorProfileId: guid(account, 'integration', 0),
      UpdaterProfileId: guid(account, 'integration', 0),
      BookerId: customer,
    },
    ...{ Number: String(one.id % 1_000_000), State: stateOfStay(one), Origin: ORIGINS[one.channel] },
    ...NEVER_SET,
    ...{ CreatedUtc: utc(one.insertedAt), UpdatedUtc: utc(one.updatedAt), CancelledUtc: utcOrNull(one.cancelledAt) },
    Options: optionsOf(one),
    ...{ RateId: guid(account, 'rate', numberOfEnterprise(account, one)), GroupId: group },
    ...{ RequestedResourceCategoryId: guid(account, 'category', one.listingId) },
    AssignedResourceId: resourceId(account, one.listingId, one.unitId),
    ...{ ChannelNumber: one.channel === 'direct' ? null : one.channelReservationId, CancellationReason: reasonOf(one) },
    ...{ StartUtc: utc(start), EndUtc: utc(end), ScheduledStartUtc: utc(start), ScheduledEndUtc: utc(end) },
    ...{ ActualStartUtc: utcOrNull(one.checkedInAt), ActualEndUtc: utcOrNull(one.checkedOutAt) },
    QrCodeData: JSON.stringify({ Reservations: [{ Id: id, GroupId: group, CustomerId: customer }] }),
    PersonCounts: [one.guest.adults, one.guest.children].flatMap((Count, age) =>
      Count > 0 ? [{ AgeCategoryId: guid(account, 'age-category', age), Count }] : [],
    ),
  };
}

/** A customer a reservation. Its members beyond the names: NOT FOUND, chosen. */
export function wireCustomer(account: Account, one: Reservation): Wire & { Id: string } {
  return {
    ...{ Id: guid(account, 'customer', one.id), FirstName: one.guest.firstName, LastName: one.guest.lastName },
    ...{ Email: `guest-${one.id}@example.invalid`, Phone: '+10000000000', IsActive: true },
    ...{ CreatedUtc: utc(one.insertedAt), UpdatedUtc: utc(one.insertedAt) },
  };
}

const numberOfEnterprise = (account: Account, { listingId }: Reservation): number =>
  enterpriseOf(account, listingOf(account, listingId)!);

export const serviceOf = (account: Account, one: Reservation): string =>
  guid(account, 'service', numberOfEnterprise(account, one));

const optionsOf = ({ checkedInAt }: Reservation): Wire => {
  const inside = checkedInAt !== null;
  return { OwnerCheckedIn: inside, AllCompanionsCheckedIn: inside, AnyCompanionCheckedIn: inside, ConnectorCheckIn: false };
};
