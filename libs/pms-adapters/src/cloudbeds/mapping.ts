import type { EntityRecord, Kind, ReadContext, ReservationStatus, UnitStatusCore } from '@roomwire/events';
import {
  goneOf,
  moneyIn,
  tellingOf,
  toldAt,
  toldByRead,
  utcMicros,
  type Clock,
  type Contents,
  type Hint,
  type RawMessage,
} from '@roomwire/pms-port';
import type { WireHotel, WireReservation, WireRoom, WireRoomType, WireStayRoom } from './wire.ts';

export const MAPPING = 1;

const OBSERVED: Clock = { clock: 'observed' };
/** Only reservations have a time of change. Housekeeping says what is today, and not since when. */
export const CLOCKS: Partial<Record<Kind, Clock>> = {
  reservation: { clock: 'provider', resolutionMs: 1_000 },
  property: OBSERVED,
  'unit-type': OBSERVED,
  unit: OBSERVED,
  'unit-status': OBSERVED,
  ticket: OBSERVED,
};

/** `in_progress` is said by webhooks alone, of what is being booked. */
export const STATUSES: Readonly<Record<string, ReservationStatus>> = {
  in_progress: 'tentative',
  not_confirmed: 'tentative',
  confirmed: 'confirmed',
  checked_in: 'checked-in',
  checked_out: 'checked-out',
  canceled: 'cancelled',
  no_show: 'no-show',
};

const CONDITIONS: ReadonlySet<string> = new Set(['dirty', 'clean', 'inspected'] satisfies UnitStatusCore['status'][]);

/** `problem`: what a person has to see, at a field of the item. */
export type Understood = {
  tellings: (EntityRecord | undefined)[];
  hints?: Hint[];
  problem?: { key: string; detail: string };
};

export function reservationOf(raw: RawMessage, read: ReadContext, wire: WireReservation): Understood {
  const { reservationID: id, status } = wire;
  if (wire.isDeleted) return deleted(raw, read, id);
  const modifiedAt = wire.dateModifiedUTC ? utcMicros(wire.dateModifiedUTC) : undefined;
  const told =
    modifiedAt === undefined ? toldByRead(read, MAPPING) : toldAt(raw.context, modifiedAt, CLOCKS.reservation, MAPPING);
  const rooms = standing(wire.rooms);
  const contents: Contents = {
    core: rooms && coreOf(wire, rooms),
    units: rooms && unitsOf(rooms),
    guest: rooms && guestOf(wire, rooms),
    money: moneyOf(wire),
  };
  const tellings = [tellingOf(raw, 'reservation', id, contents, told)];
  const isForeign = !!status && !Object.hasOwn(STATUSES, status);
  return isForeign ? { tellings, problem: { key: 'status', detail: 'no documented status' } } : { tellings };
}

/** Only a by-id read can say that it is gone; a page asks for one. */
function deleted(raw: RawMessage, read: ReadContext, id: string): Understood {
  if (!read.ids) return { tellings: [], hints: [{ kind: 'reservation', entity: id, reason: 'hint' }] };
  return { tellings: [goneOf(raw, { ...read, kind: 'reservation' }, id, MAPPING)] };
}

/**
 * The rooms that the stay is about: without those that were cancelled and, while there are others, without those whose guests have
 * left. Undefined where one of them does
 * not say whether it is, or which.
 */
function standing(rooms: readonly WireStayRoom[] | null | undefined): WireStayRoom[] | undefined {
  if (!rooms || rooms.some(({ roomStatus, roomID }) => roomStatus === undefined || roomID === undefined)) return undefined;
  const kept = rooms.filter(({ roomStatus }) => roomStatus !== 'cancelled');
  const present = kept.filter(({ roomStatus }) => roomStatus !== 'checked_out');
  return [present, kept, [...rooms]].find((some) => some.length > 0);
}

/**
 * One record of one span for all of its rooms. Where their dates differ (a move in the middle of a stay) each room is kept for all of
 * them: an occupied room that looks free is worse than a conflict that is none.
 */
function coreOf({ status, propertyID: property }: WireReservation, rooms: readonly WireStayRoom[]): unknown {
  const ours = status && Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  const arrivals = rooms.flatMap(({ roomCheckIn }) => roomCheckIn ?? []).sort();
  const departures = rooms.flatMap(({ roomCheckOut }) => roomCheckOut ?? []).sort();
  const { roomTypeID: unitType } = rooms.find(({ roomID }) => roomID === null) ?? rooms[0]!;
  if (!ours || arrivals.length < rooms.length || departures.length < rooms.length || !unitType) return undefined;
  return { status: ours, arrival: arrivals[0], departure: departures.at(-1), property, unitType, channel: null };
}

function unitsOf(rooms: readonly WireStayRoom[]): unknown {
  return { units: [...new Set(rooms.flatMap(({ roomID }) => roomID ?? []))].sort() };
}

/** The name is the main guest's, who is in one of the rooms. */
function guestOf({ guestID }: WireReservation, rooms: readonly WireStayRoom[]): unknown {
  const name = guestID ? rooms.find((room) => room.guestID === guestID)?.guestName : undefined;
  const isWhole = rooms.every(({ adults, children }) => adults !== undefined && children !== undefined);
  const sum = (counts: (number | null | undefined)[]) => counts.reduce<number>((total, each) => total + (each ?? 0), 0);
  if (!name || !isWhole) return undefined;
  return { name, adults: sum(rooms.map(({ adults }) => adults)), children: sum(rooms.map(({ children }) => children)) };
}

function moneyOf({ total: amount, propertyCurrency }: WireReservation): unknown {
  const total = moneyIn(amount, propertyCurrency);
  return total && { total };
}

export function hotelOf(
  raw: RawMessage,
  read: ReadContext,
  { propertyID, propertyName, propertyTimezone }: WireHotel,
): Understood {
  const isWhole = propertyName && propertyTimezone;
  const core = isWhole ? { name: propertyName, timeZone: propertyTimezone, checkIn: null, checkOut: null } : undefined;
  return { tellings: [tellingOf(raw, 'property', propertyID, { core }, toldByRead(read, MAPPING))] };
}

export function roomTypeOf(raw: RawMessage, read: ReadContext, wire: WireRoomType): Understood {
  const { roomTypeID, roomTypeName: name, roomTypeUnits: quantity } = wire;
  const isWhole = raw.account !== null && name && typeof quantity === 'number';
  const core = isWhole ? { property: raw.account, name, quantity } : undefined;
  return { tellings: [tellingOf(raw, 'unit-type', roomTypeID, { core }, toldByRead(read, MAPPING))] };
}

/** Whether a room is blocked today is a ticket of ours. */
const BLOCKED = 'blocked/';
export const blockedTicket = (room: string): string => `${BLOCKED}${room}`;
export const roomOfTicket = (ticket: string): string | undefined =>
  ticket.startsWith(BLOCKED) ? ticket.slice(BLOCKED.length) : undefined;

/** A line of today's housekeeping: a door, its condition, and whether it is blocked. */
export function roomOf(raw: RawMessage, read: ReadContext, wire: WireRoom): Understood {
  const { roomID: unit, roomTypeID: unitType, roomName: name, roomCondition: condition, roomBlocked } = wire;
  const told = toldByRead(read, MAPPING);
  const isWhole = raw.account !== null && name && unitType !== undefined;
  const status = condition && CONDITIONS.has(condition) ? { unit, status: condition, by: null } : undefined;
  const ticket = typeof roomBlocked === 'boolean' ? blockOf(unit, roomBlocked) : undefined;
  const tellings = [
    tellingOf(raw, 'unit', unit, { core: isWhole ? { property: raw.account, unitType, name } : undefined }, told),
    tellingOf(raw, 'unit-status', unit, { core: status }, told),
    tellingOf(raw, 'ticket', blockedTicket(unit), { core: ticket }, told),
  ];
  return condition && !status ? { tellings, problem: { key: 'roomCondition', detail: 'no documented condition' } } : { tellings };
}

/** Whichever of the three was asked for: they come and go together. */
export function goneRoom(raw: RawMessage, read: ReadContext, room: string): EntityRecord[] {
  const gone = (kind: Kind, entity: string) => goneOf(raw, { ...read, kind }, entity, MAPPING);
  return [gone('unit', room), gone('unit-status', room), gone('ticket', blockedTicket(room))];
}

function blockOf(unit: string, outOfOrder: boolean): unknown {
  return { unit, status: outOfOrder ? 'open' : 'closed', title: 'Blocked', outOfOrder, from: null, until: null };
}
