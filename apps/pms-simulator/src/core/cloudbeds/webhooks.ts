import type { Notice } from '../act-scene.ts';
import type { Draft } from '../deliveries.ts';
import type { Hooks } from '../provider.ts';
import { arrived, evenly } from '../retry.ts';
import type { Reservation } from '../reservation.ts';
import { listingOf, type Account } from '../world.ts';
import { cloudbedsOf, propertyIds, propertyOf, roomIdOf, roomsOf } from './own.ts';
import { guestId, statusOf, subId } from './wire-reservation.ts';
import { conditionOf, doorOfRoom, wireBlock } from './wire-room.ts';

/** What one may subscribe to (DIG, IX:68339829462), as far as anything here causes it. */
export const EVENTS: readonly string[] = [
  ...['created', 'status_changed', 'dates_changed', 'accommodation_status_changed', 'accommodation_type_changed'].map(
    ofReservation,
  ),
  ...['accommodation_changed', 'deleted', 'notes_changed', 'custom_fields_changed'].map(ofReservation),
  ...['guest/created', 'roomblock/created', 'roomblock/removed', 'roomblock/details_changed'],
  ...['housekeeping/room_condition_changed', 'api_queue_task/rate_status_changed', 'integration/appstate_changed'],
];

function ofReservation(action: string): string {
  return `reservation/${action}`;
}

/** 2xx within 2 s, five attempts a minute apart (DIG). */
const ATTEMPTS = { attempts: 5, everyMs: 60_000 };

export const hooks: Hooks = {
  answerWithinMs: 2_000,

  drafts(account, notice, now): Draft[] {
    const own = cloudbedsOf(account);
    const drafts = eventsOf(account, notice).flatMap((event) => draftsOf(account, event, now, notice));
    // With the app its subscriptions go; of the end itself they still tell.
    if (notice.about === 'access' && notice.change === 'revoked') own.subscriptions = [];
    return drafts;
  },

  /** No signature: the address is the secret. */
  headers(account, { target }) {
    const { authHeader = null } = cloudbedsOf(account).subscriptions.find(({ id }) => id === target) ?? {};
    return authHeader ? { [authHeader.name]: authHeader.value } : {};
  },

  afterTry: (_, { tries }, result) => evenly(arrived(result), tries, ATTEMPTS),

  drop: (account) => void (cloudbedsOf(account).subscriptions = []),

  registered: (account) =>
    cloudbedsOf(account).subscriptions.map(({ id, entity, action, endpoint }) => ({
      id,
      event: `${entity}/${action}`,
      endpoint,
    })),
};

/** `Id` or `ID`: how the event spells its property's. */
type Event = { name: string; property: number; spelled?: 'ID' | 'Id'; fields: object };

function draftsOf(account: Account, event: Event, now: number, notice: Notice): Draft[] {
  const own = cloudbedsOf(account);
  const body = JSON.stringify(bodyOf(account, event, now));
  const afterMs = notice.about === 'job' ? notice.afterMs : 0;
  return own.subscriptions
    .filter(
      ({ entity, action, property }) => `${entity}/${action}` === event.name && (property ?? event.property) === event.property,
    )
    .map(({ id, endpoint }) => ({ hook: 'webhook', event: event.name, url: endpoint, body, target: id, afterMs }));
}

/** Unix seconds with microseconds: the only hint of an order, and of the event, not of the object. */
function bodyOf(account: Account, { name, property, spelled = 'Id', fields }: Event, now: number): object {
  const own = cloudbedsOf(account);
  const micros = (own.events++ % 1_000) / 1_000_000;
  const timestamp = Number(((now + account.faults.skewMs) / 1000 + micros).toFixed(6));
  const ids = { [`property${spelled}`]: property, [`property${spelled}_str`]: String(property) };
  return { version: '1.0', timestamp, event: name, ...ids, ...fields };
}

function eventsOf(account: Account, notice: Notice): Event[] {
  switch (notice.about) {
    case 'reservation':
      return reservationEvents(account, notice);
    case 'units':
      return notice.announced ? [] : notice.doors.flatMap(({ unit }) => conditionEvents(account, unit));
    case 'ticket': {
      const { ticket, opened } = notice;
      if (ticket.block === null) return [];
      const action = opened ? 'created' : ticket.status === 'closed' ? 'removed' : 'details_changed';
      const property = propertyOf(account, listingOf(account, ticket.listingId)!);
      return [{ name: `roomblock/${action}`, property, fields: wireBlock(account, ticket) }];
    }
    case 'job': {
      const fields = { queueTaskId: notice.id, status: notice.status };
      return [{ name: 'api_queue_task/rate_status_changed', property: propertyOf(account, notice.listing), fields }];
    }
    case 'access': {
      const [oldState, newState] = notice.change === 'revoked' ? ['enabled', 'disabled'] : ['pending', 'enabled'];
      const fields = { clientID: cloudbedsOf(account).config.clientId, oldState, newState };
      return propertyIds(account).map((property) => ({ name: 'integration/appstate_changed', property, fields }));
    }
    case 'message':
    case 'task':
    case 'rates':
      return [];
  }
}

function conditionEvents(account: Account, door: string): Event[] {
  const { roomID: roomId, property } = roomsOf(account).find((room) => doorOfRoom(room) === door)!;
  return [{ name: 'housekeeping/room_condition_changed', property, fields: { roomId, condition: conditionOf(account, door) } }];
}

/** One act may cause several; a change of hours alone causes none and is found by reading. */
function reservationEvents(
  account: Account,
  { change, reservation: one, before }: Extract<Notice, { about: 'reservation' }>,
): Event[] {
  const property = propertyOf(account, listingOf(account, one.listingId)!);
  const event = (action: string, fields: object, spelled: 'ID' | 'Id' = 'Id'): Event => ({
    name: ofReservation(action),
    property,
    spelled,
    fields,
  });
  const dates = { startDate: one.arrivalDate, endDate: one.departureDate };
  const reservationId = String(one.id);
  if (change === 'removed') return [event('deleted', { reservationId })];
  if (!before) {
    const guest = { name: 'guest/created', property, fields: { guestId: guestId(one) } };
    return [event('created', { reservationID: reservationId, ...dates }, 'ID'), guest];
  }
  const status = event(
    'status_changed',
    { actor: { type: 'user', id: '123' }, reservationID: reservationId, status: statusOf(one) },
    'ID',
  );
  const moved = before.arrivalDate !== one.arrivalDate || before.departureDate !== one.departureDate;
  return [
    ...(before === one || statusOf(before) !== statusOf(one) ? [status] : []),
    ...(moved ? [event('dates_changed', { reservationId, ...dates, subReservations: [{ id: subId(one), ...dates }] })] : []),
    ...placeEvents(account, before, one, event),
    ...(before.doorCode !== one.doorCode ? [event('notes_changed', { reservationId, notes: `Door code ${one.doorCode}` })] : []),
  ];
}

function placeEvents(
  account: Account,
  before: Reservation,
  one: Reservation,
  event: (action: string, fields: object) => Event,
): Event[] {
  const roomOf = ({ listingId, unitId }: Reservation): string => roomIdOf(listingOf(account, listingId)!, unitId);
  const [roomIdPrev, roomId] = [roomOf(before), roomOf(one)];
  const subReservationId = subId(one);
  const occupied = (of: Reservation): boolean => of.checkedInAt !== null && of.checkedOutAt === null;
  return [
    ...(before.listingId !== one.listingId
      ? [event('accommodation_type_changed', { subReservationId, roomTypeId: String(one.listingId) })]
      : []),
    ...(roomId !== roomIdPrev ? [event('accommodation_changed', { subReservationId, roomId, roomIdPrev })] : []),
    ...(occupied(before) !== occupied(one)
      ? [event('accommodation_status_changed', { roomId, status: occupied(one) ? 'occupied' : 'unoccupied' })]
      : []),
  ];
}
