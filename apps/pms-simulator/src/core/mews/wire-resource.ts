import type { Ticket, UnitStatus, Work } from '../housekeeping.ts';
import { placeIn } from '../places.ts';
import { doorOf } from '../reservation.ts';
import { listingOf, type Account, type Listing, type Message, type Unit } from '../world.ts';
import { utc, utcOrNull } from './fields.ts';
import { enterpriseId, enterpriseOf, guid, resourceId } from './ids.ts';

type Wire = Record<string, unknown> & { Id: string };

/** Being cleaned is still dirty: Mews has no state between. */
const STATES = { dirty: 'Dirty', cleaning: 'Dirty', clean: 'Clean', inspected: 'Inspected' } as const;

export const stateOfDoor = ({ status, outOf }: UnitStatus): string =>
  outOf === null ? STATES[status] : outOf === 'service' ? 'OutOfService' : 'OutOfOrder';

export function wireResource(account: Account, listing: Listing, unit: Unit | null): Wire {
  const door = account.unitStatuses.get(doorOf({ listingId: listing.id, unitId: unit?.id ?? null }))!;
  const Name = unit?.number ?? listing.name;
  return {
    ...{ Id: resourceId(account, listing.id, unit?.id ?? null), EnterpriseId: enterpriseId(account, listing), IsActive: true },
    ...{ ParentResourceId: null, Name, State: stateOfDoor(door), Descriptions: { 'en-US': listing.name } },
    ...{ CreatedUtc: utc(listing.insertedAt), UpdatedUtc: utc(door.modifiedAt) },
    Data: { Discriminator: 'Space', Value: { FloorNumber: unit?.floor ?? '0', LocationNotes: '' } },
    ...{ ExternalNames: { 'en-US': unit?.name ?? listing.name }, Directions: { 'en-US': '' } },
  };
}

export function wireCategory(account: Account, listing: Listing): Wire {
  const enterprise = enterpriseId(account, listing);
  const Names = { 'en-US': listing.name };
  return {
    ...{ Id: guid(account, 'category', listing.id), EnterpriseId: enterprise },
    ...{ ServiceId: guid(account, 'service', enterpriseOf(account, listing)), IsActive: true },
    ...{ Type: 'Room', Names, ShortNames: Names, Descriptions: {}, Ordering: listing.id - account.listings[0]!.id },
    ...{ Capacity: 4, ExtraCapacity: 0, ExternalIdentifier: null },
  };
}

/** Which category each door is of. It comes with the resources, where `Extent` asks for it. */
export function wireAssignments(account: Account): (Wire & { ResourceId: string })[] {
  return account.listings.flatMap((listing) =>
    (listing.units.length > 0 ? listing.units : [null]).map((unit) => ({
      ...{ Id: guid(account, 'assignment', unit?.id ?? listing.id), IsActive: true },
      ...{ ResourceId: resourceId(account, listing.id, unit?.id ?? null), CategoryId: guid(account, 'category', listing.id) },
      ...{ CreatedUtc: utc(listing.insertedAt), UpdatedUtc: utc(listing.insertedAt) },
    })),
  );
}

export function wireBlock(account: Account, ticket: Ticket): Wire {
  const active = ticket.status === 'open';
  const listing = listingOf(account, ticket.listingId)!;
  const unitId = ticket.unit.includes('/') ? Number(ticket.unit.split('/')[1]) : null;
  return {
    ...{ Id: guid(account, 'block', factNumber(ticket.id)), EnterpriseId: enterpriseId(account, listing) },
    ...{ AssignedResourceId: resourceId(account, listing.id, unitId), IsActive: active },
    Type: ticket.block === 'internal-use' ? 'InternalUse' : 'OutOfOrder',
    ...{ StartUtc: utc(ticket.startAt ?? ticket.openedAt), EndUtc: utc(ticket.endAt ?? ticket.openedAt) },
    ...{
      CreatedUtc: utc(ticket.openedAt),
      UpdatedUtc: utc(ticket.modifiedAt),
      DeletedUtc: active ? null : utc(ticket.modifiedAt),
    },
    ...{ Name: ticket.title, Notes: ticket.notes },
  };
}

export function wireTask(account: Account, work: Work): Wire {
  const closed = work.status === 'done' || work.status === 'cancelled';
  return {
    ...{
      Id: guid(account, 'task', factNumber(work.id)),
      EnterpriseId: enterpriseId(account, listingOf(account, work.listingId)!),
    },
    ...{ Name: work.title, State: closed ? 'Closed' : 'Open', Description: work.notes },
    DepartmentId: guid(account, 'department', 0),
    ServiceOrderId: work.reservationId === null ? null : guid(account, 'reservation', work.reservationId),
    ...{ CreatedUtc: utc(work.openedAt), DeadlineUtc: utcOrNull(work.due === null ? null : Date.parse(work.due)) },
    ClosedUtc: closed ? utc(work.modifiedAt) : null,
  };
}

export const wireMessage = (account: Account, { id, conversationId, body, incoming, at }: Message): Wire => ({
  ...{ Id: guid(account, 'message', id), MessageThreadId: guid(account, 'thread', conversationId), Text: body },
  Sender: { Discriminator: incoming ? 'Customer' : 'Application', Value: null },
  CreatedUtc: utc(at),
});

/** "task-7", "ticket-8": one row of numbers for both. */
export const factNumber = (id: string): number => Number(id.slice(id.indexOf('-') + 1));

export function wireEnterprise(account: Account, index: number, at: number): Wire {
  const { city, countryCode, streets } = placeIn(account.config.timeZone);
  const AddressId = guid(account, 'address', index);
  return {
    ...{ LinkedUtc: utc(at), Id: guid(account, 'enterprise', index), ExternalIdentifier: null, HoldingKey: null },
    ...{ ChainId: guid(account, 'integration', 1), ChainName: `Chain ${account.id}`, CreatedUtc: utc(at), UpdatedUtc: utc(at) },
    ...{ Name: `Hotel ${account.id}-${index + 1}`, ShortName: null, TimeZoneIdentifier: account.config.timeZone },
    ...{ LegalEnvironmentCode: 'DE-2020-1', AccommodationEnvironmentCode: 'DE', AccountingEnvironmentCode: 'DE' },
    ...{ TaxEnvironmentCode: 'DE-2020-1', DefaultLanguageCode: 'en-US', EditableHistoryInterval: null },
    ...{ AccountingEditableHistoryInterval: 'P0M7DT0H0M0S', OperationalEditableHistoryInterval: 'P0M5DT0H0M0S' },
    ...{ BusinessDayClosingOffset: null, WebsiteUrl: 'https://hotel.invalid/', Email: 'someone@example.invalid' },
    ...{ Phone: '+10000000000', LogoImageId: null, CoverImageId: null, Pricing: 'Gross', TaxPrecision: 2, AddressId },
    Address: {
      ...{ Id: AddressId, Line1: streets[0], Line2: null, City: city, PostalCode: '00000', CountryCode: countryCode },
      ...{ CountrySubdivisionCode: null, Latitude: 0, Longitude: 0 },
    },
    ...{ GroupNames: [], Subscription: { TaxIdentifier: null } },
  };
}

export const wireService = (account: Account, index: number, at: number): Wire => ({
  ...{ Id: guid(account, 'service', index), EnterpriseId: guid(account, 'enterprise', index), CreatedUtc: utc(at) },
  ...{ UpdatedUtc: utc(at), IsActive: true, Name: 'Accommodation', Options: { BillAsPackage: true } },
  Data: {
    Discriminator: 'Bookable',
    Value: {
      ...{ StartOffset: 'P0M0DT15H0M0S', EndOffset: 'P0M0DT12H0M0S', TimeUnitPeriod: 'Day' },
      ...{ OccupancyStartOffset: 'P0M0DT15H0M0S', OccupancyEndOffset: 'P0M0DT12H0M0S' },
    },
  },
  ExternalIdentifier: null,
});
