import type { Reservation } from '../reservation.ts';
import type { Answer } from '../request.ts';
import { visibleAt, visibleReservations, type Call, type Route } from '../route.ts';
import { todayIn } from '../stamps.ts';
import { listingOf } from '../world.ts';
import { both, failure, instantOf, isSet, localStamp, ok, paged, properties, WRONG_PROPERTY } from './answer.ts';
import { propertyOf, roomIdOf } from './own.ts';
import { guestId, statusOf, wireDetailed, wireReservation, wireWhole } from './wire-reservation.ts';

const PAGE = { by: 100, max: 100 };

export const reservationRoutes: readonly Route[] = [
  ...both('GET', 'getReservations', (call) =>
    query(call, visibleReservations(call), (one) =>
      wireReservation(call.account, one, { ...viewOf(call), rooms: isSet(call.request.query, 'includeAllRooms') }),
    ),
  ),
  ...both('GET', 'getReservationsWithRateDetails', (call) => {
    const deleted = isSet(call.request.query, 'includeDeleted') ? deletedOf(call) : [];
    const gone = new Set(deleted);
    return query(call, [...visibleReservations(call), ...deleted], (one) =>
      wireDetailed(call.account, one, { ...viewOf(call), deleted: gone.has(one) }),
    );
  }),
  ...both('GET', 'getReservation', (call) => {
    const wanted = properties(call, call.request.query);
    if (!wanted) return WRONG_PROPERTY;
    const one = call.account.reservations.get(Number(call.request.query.get('reservationID')))?.asOf(visibleAt(call));
    if (!one || !wanted.includes(propertyIdOf(call, one))) return failure('Reservation not found');
    return ok(wireWhole(call.account, one));
  }),
  ...both('GET', 'getGuestsModified', guests),
];

const viewOf = ({ request: { query: asked } }: Call): { guests: boolean; fields: boolean } => ({
  ...{ guests: isSet(asked, 'includeGuestsDetails'), fields: isSet(asked, 'includeCustomFields') },
});

const propertyIdOf = ({ account }: Call, { listingId }: Reservation): number =>
  propertyOf(account, listingOf(account, listingId)!);

/** As they stood before they went. */
const deletedOf = (call: Call): Reservation[] =>
  [...call.account.reservations.values()].flatMap((versions) => {
    const last = versions.asOf(visibleAt(call)) === null ? versions.last(visibleAt(call)) : null;
    return last ? [last] : [];
  });

function query(call: Call, all: readonly Reservation[], wire: (one: Reservation) => object): Answer {
  const { query: asked } = call.request;
  const wanted = properties(call, asked);
  if (!wanted) return WRONG_PROPERTY;
  const wrong = ['modifiedFrom', 'modifiedTo', 'resultsFrom', 'resultsTo'].find(
    (name) => asked.has(name) && Number.isNaN(instantOf(call, asked.get(name)!)),
  );
  if (wrong) return failure(`Parameter ${wrong} is invalid`);
  const tests = testsOf(call);
  const found = all.filter((one) => wanted.includes(propertyIdOf(call, one)) && tests.every((test) => test(one)));
  const recent = isSet(asked, 'sortByRecent');
  found.sort((a, b) => (recent ? b.insertedAt - a.insertedAt || b.id - a.id : a.id - b.id));
  return paged(call, found, PAGE, (page) => page.map(wire));
}

type Test = (one: Reservation) => boolean;

function testsOf(call: Call): Test[] {
  const { account, request } = call;
  const { query: asked } = request;
  const is = (name: string, value: (one: Reservation) => unknown): Test => {
    const wanted = asked.getAll(name).flatMap((text) => text.split(','));
    return (one) => wanted.length === 0 || wanted.includes(String(value(one)));
  };
  const dates = (from: string, to: string, value: (one: Reservation) => string): Test => {
    const [first, last] = [asked.get(from)?.slice(0, 10) ?? '', asked.get(to)?.slice(0, 10) ?? '9999'];
    return (one) => first <= value(one) && value(one) <= last;
  };
  const times = (from: string, to: string, value: (one: Reservation) => number): Test => {
    const first = asked.has(from) ? instantOf(call, asked.get(from)!) : -Infinity;
    const last = asked.has(to) ? instantOf(call, asked.get(to)!, true) : Infinity;
    const second = (one: Reservation): number => Math.floor(value(one) / 1000) * 1000;
    return (one) => first <= second(one) && second(one) <= last;
  };
  const excluded = asked.getAll('excludeStatuses').flatMap((text) => text.split(','));
  const roomOf = (one: Reservation): string => roomIdOf(listingOf(account, one.listingId)!, one.unitId);
  return [
    ...[is('status', statusOf), is('roomTypeID', ({ listingId }) => listingId), is('roomID', roomOf)],
    ...[
      is('reservationID', ({ id }) => id),
      is('guestID', guestId),
      is('sourceReservationId', (one) => one.channelReservationId),
    ],
    ...[is('firstName', ({ guest }) => guest.firstName), is('lastName', ({ guest }) => guest.lastName)],
    (one) => !excluded.includes(statusOf(one)),
    times('modifiedFrom', 'modifiedTo', ({ updatedAt }) => updatedAt),
    times('resultsFrom', 'resultsTo', ({ insertedAt }) => insertedAt),
    dates('checkInFrom', 'checkInTo', ({ arrivalDate }) => arrivalDate),
    dates('checkOutFrom', 'checkOutTo', ({ departureDate }) => departureDate),
    dates('reservationCheckOutFrom', 'reservationCheckOutTo', ({ departureDate }) => departureDate),
  ];
}

/** Without a range only those of today. */
function guests(call: Call): Answer {
  const { account, request, now } = call;
  const wanted = properties(call, request.query);
  if (!wanted) return WRONG_PROPERTY;
  const { timeZone } = account.config;
  const today = todayIn(timeZone, now);
  const [from, to] = ['resultsFrom', 'resultsTo'].map((name) => request.query.get(name) ?? today);
  const found = visibleReservations(call).filter((one) => {
    const day = localStamp(timeZone, one.updatedAt).slice(0, 10);
    return wanted.includes(propertyIdOf(call, one)) && from!.slice(0, 10) <= day && day <= to!.slice(0, 10);
  });
  return paged(call, found, PAGE, (page) => page.map((one) => wireGuest(call, one)));
}

function wireGuest({ account }: Call, one: Reservation): object {
  const listing = listingOf(account, one.listingId)!;
  const { guest } = one;
  return {
    ...{
      guestID: guestId(one),
      reservationID: String(one.id),
      roomTypeID: String(listing.id),
      roomID: roomIdOf(listing, one.unitId),
    },
    ...{ roomName: listing.name, guestFirstName: guest.firstName, guestLastName: guest.lastName, guestGender: 'N/A' },
    ...{ guestEmail: `guest-${one.id}@example.invalid`, guestPhone: '+10000000000', guestCellPhone: '', guestAddress1: '' },
    ...{
      guestAddress2: '',
      guestCity: guest.city,
      guestState: '',
      guestCountry: guest.country,
      guestZip: '',
      guestBirthDate: '',
    },
    ...{ guestDocumentType: '', guestDocumentNumber: '', guestDocumentIssueDate: '', guestDocumentIssuingCountry: '' },
    ...{ guestDocumentExpirationDate: '', startDate: `${one.arrivalDate} 00:00:00`, endDate: `${one.departureDate} 00:00:00` },
    ...{ guestRequirements: {}, customFields: [], dateModified: localStamp(account.config.timeZone, one.updatedAt), taxID: '' },
    ...{ companyTaxID: '', companyName: '', isAnonymized: false, guestOptIn: false, isMerged: false, newGuestID: '' },
  };
}
