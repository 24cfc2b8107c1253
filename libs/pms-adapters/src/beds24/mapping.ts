import {
  calendarEntity,
  microsToInstant,
  parseCalendarEntity,
  type EntityRecord,
  type Kind,
  type ReservationStatus,
} from '@roomwire/events';
import {
  instantMicros,
  moneyIn,
  tellingOf,
  toldByRead,
  toldOf,
  type Clock,
  type Contents,
  type RawMessage,
  type Told,
} from '@roomwire/pms-port';
import type { WireBooking, WireCalendar, WireMessage, WireNights, WireProperty, WireRoomType } from './wire.ts';

export const MAPPING = 1;

const SECOND: Clock = { clock: 'provider', resolutionMs: 1_000 };
const OBSERVED: Clock = { clock: 'observed' };
export const CLOCKS: Partial<Record<Kind, Clock>> = {
  reservation: SECOND,
  // A message never changes: when it was written orders it.
  message: SECOND,
  property: OBSERVED,
  'unit-type': OBSERVED,
  unit: OBSERVED,
  availability: OBSERVED,
  rate: OBSERVED,
};

/** All six, and every read must name them all: unasked, a cancelled booking is left out without a word. */
export const STATUSES: Readonly<Record<string, ReservationStatus>> = {
  confirmed: 'confirmed',
  new: 'confirmed',
  request: 'tentative',
  inquiry: 'inquiry',
  // A block without a guest.
  black: 'owner',
  cancelled: 'cancelled',
};

/** The wire keys that `core` is made of: carried whole when every one of them is there, null or not. */
const CORE = [
  'propertyId',
  'roomId',
  'status',
  'subStatus',
  'arrival',
  'departure',
  'channel',
] as const satisfies readonly (keyof WireBooking)[];

/**
 * `owed`: the entity has to be read, since these bytes do not tell (all of) what they are about; with the time of what they are about,
 * where they say it.
 */
export type Understood = { telling: EntityRecord | undefined; owed: { modifiedAt?: number } | undefined };

export function bookingOf(raw: RawMessage, wire: WireBooking): Understood {
  const told = stampOf(raw, CLOCKS.reservation, wire.modifiedTime);
  if (!told) return { telling: undefined, owed: {} };
  const contents = {
    core: coreOf(wire),
    units: unitsOf(wire),
    guest: guestOf(wire),
    money: moneyOf(wire, raw),
  };
  const owed = contents.core === undefined ? { modifiedAt: told.stamp.modifiedAt } : undefined;
  return { telling: tellingOf(raw, 'reservation', wire.id, contents, told), owed };
}

function coreOf(wire: WireBooking): unknown {
  const { propertyId, roomId, status, arrival, departure, channel } = wire;
  const ours = status && Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (!CORE.every((key) => wire[key] !== undefined) || !propertyId || !roomId || !ours || !arrival || !departure)
    return undefined;
  return {
    // `cancelTime` may stay null for good: the status alone says that it was cancelled.
    status: ours === 'cancelled' && wire.subStatus === 'noShow' ? 'no-show' : ours,
    arrival,
    departure,
    property: propertyId,
    unitType: roomId,
    channel: channel || null,
  };
}

/** `unitId` names one door: of a booking of several it says nothing of the others. */
function unitsOf({ roomId, unitId, roomQty }: WireBooking): unknown {
  if (!roomId || unitId === undefined || roomQty !== 1) return undefined;
  const isAssigned = unitId !== null && unitId !== '' && unitId !== '0';
  return { units: isAssigned ? [unitIdOf(roomId, unitId)] : [] };
}

/** Doors are numbered within their type. */
function unitIdOf(roomId: string, unitId: string): string {
  return `${roomId}/${unitId}`;
}

/** Without a name it is not told: a webhook without personal data may have empty ones, and none that is known must go for that. */
function guestOf({ firstName, lastName, numAdult: adults, numChild: children }: WireBooking): unknown {
  if (firstName === undefined || lastName === undefined || adults === undefined || children === undefined) return undefined;
  const name = [firstName, lastName].filter(Boolean).join(' ').trim();
  return name ? { name, adults, children } : undefined;
}

/** A booking has no currency: it is the account's, where its owner says so. */
function moneyOf({ price }: WireBooking, { unsaid }: RawMessage): unknown {
  const total = moneyIn(price, unsaid?.currency);
  return total && { total };
}

export function messageOf(raw: RawMessage, wire: WireMessage): Understood {
  const told = stampOf(raw, CLOCKS.message, wire.time);
  if (!told) return { telling: undefined, owed: {} };
  const core = messageCoreOf(wire);
  const owed = core === undefined ? { modifiedAt: told.stamp.modifiedAt } : undefined;
  return { telling: tellingOf(raw, 'message', wire.id, { core }, told), owed };
}

function messageCoreOf({ bookingId, message, source, time }: WireMessage): Contents | undefined {
  const sent = time ? instantMicros(time) : undefined;
  if (!bookingId || message === undefined || !source || !(source === 'guest' || source === 'host') || time === undefined)
    return undefined;
  return {
    conversation: bookingId,
    reservation: bookingId,
    direction: source === 'guest' ? 'incoming' : 'outgoing',
    body: message ?? '',
    sentAt: sent === undefined ? null : microsToInstant(sent),
  };
}

/** Nobody wrote them to anybody. */
export function isNote({ source }: WireMessage): boolean {
  return source === 'internalNote' || source === 'system';
}

/** A property with its rooms, which are types, and their units, which are doors. The zone is its owner's word: it has none. */
export function propertyOf(raw: RawMessage, { id, name, checkInStart, checkOutEnd, roomTypes }: WireProperty): EntityRecord[] {
  const told = raw.context.via === 'read' ? toldByRead(raw.context.read, MAPPING) : undefined;
  if (!told) return [];
  const timeZone = raw.unsaid?.timeZone;
  const isWhole = name && timeZone && checkInStart !== undefined && checkOutEnd !== undefined;
  const core = isWhole ? { name, timeZone, checkIn: hourOf(checkInStart), checkOut: hourOf(checkOutEnd) } : undefined;
  return [
    tellingOf(raw, 'property', id, { core }, told),
    ...(roomTypes ?? []).flatMap((roomType) => roomTypeOf(raw, id, roomType, told)),
  ].filter((telling) => telling !== undefined);
}

function roomTypeOf(raw: RawMessage, property: string, { id, name, qty, units }: WireRoomType, told: Told) {
  const isWhole = name && typeof qty === 'number';
  return [
    tellingOf(raw, 'unit-type', id, { core: isWhole ? { property, name, quantity: qty } : undefined }, told),
    ...(units ?? []).map((unit) => {
      // A door without a name is known by its number.
      const core = unit.name === undefined ? undefined : { property, unitType: id, name: unit.name || unit.id };
      return tellingOf(raw, 'unit', unitIdOf(id, unit.id), { core }, told);
    }),
  ];
}

/** An hour of a day or none: `24:00` is the next day's. */
function hourOf(time: string | null): string | null {
  return time !== null && /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? time : null;
}

/**
 * The months of a room's calendar, of both kinds: one answer tells what is free and what it costs. `asked`: calendars, of which those of
 * other rooms are not looked at; undefined: whatever months there are.
 */
export function calendarOf(
  raw: RawMessage,
  { roomId, calendar }: WireCalendar,
  asked: readonly string[] | undefined,
): EntityRecord[] {
  if (raw.context.via !== 'read') return [];
  const { read } = raw.context;
  const told = toldByRead(read, MAPPING);
  const inAsked = asked?.flatMap((entity) => parseCalendarEntity(entity) ?? []).filter(({ unitType }) => unitType === roomId);
  const months = inAsked?.map(({ month }) => month) ?? monthsIn(calendar);
  return months.flatMap((month) => {
    const nights = nightsOf(calendar, month);
    const tell = (kind: 'availability' | 'rate', content: (night: WireNights) => unknown) => {
      const contents = Object.fromEntries(nights.map(([date, night]) => [date, content(night)]));
      // What was not asked for is told where there is something to tell, and not for being there.
      const isNothing = kind !== read.kind && Object.values(contents).every((each) => each === undefined);
      return isNothing ? undefined : tellingOf(raw, kind, calendarEntity(roomId, month), contents, told);
    };
    return [tell('availability', availabilityOf), tell('rate', (night) => rateOf(night, raw))].filter(
      (telling) => telling !== undefined,
    );
  });
}

/** Nobody sells further ahead; a range may reach to the end of time. */
const MONTHS_MAX = 60;

function monthsIn(calendar: readonly WireNights[]): string[] {
  const first = calendar.map(({ from }) => from.slice(0, 7)).sort()[0];
  const last = calendar
    .map(({ to }) => to.slice(0, 7))
    .sort()
    .at(-1);
  return first && last ? monthsFrom(first, MONTHS_MAX).filter((month) => month.length === last.length && month <= last) : [];
}

/** So many months, `YYYY-MM`, from one on. */
export function monthsFrom(first: string, count: number): string[] {
  const month = Temporal.PlainYearMonth.from(first);
  return Array.from({ length: count }, (_, months) => month.add({ months }).toString());
}

/** Ranges as nights of one month. Where two meet in a night, that of the later beginning counts: `to` may be a last night or the next. */
function nightsOf(calendar: readonly WireNights[], month: string): [string, WireNights][] {
  const inOrder = [...calendar].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  return datesOf(month).flatMap((date) => {
    const night = inOrder.findLast(({ from, to }) => from <= date && date <= to);
    return night ? [[date, night] as [string, WireNights]] : [];
  });
}

/** `YYYY-MM` → its dates. */
export function datesOf(month: string): string[] {
  const days = Temporal.PlainYearMonth.from(month).daysInMonth;
  return Array.from({ length: days }, (_, day) => `${month}-${String(day + 1).padStart(2, '0')}`);
}

/** Below none there are none: an overbooked room counts below. */
function availabilityOf({ numAvail, override }: WireNights): unknown {
  if (typeof numAvail !== 'number' || !override) return undefined;
  return { available: Math.max(0, numAvail), closed: override === 'blackout' };
}

/** `price1` is the room's price; the other fifteen are of rate plans that nothing of ours names. */
function rateOf({ price1, minStay }: WireNights, { unsaid }: RawMessage): unknown {
  const price = moneyIn(price1, unsaid?.currency);
  return price && minStay !== undefined ? { price, minimumStay: minStay } : undefined;
}

function stampOf(raw: RawMessage, clock: Clock | undefined, stamp: string | null | undefined): Told | undefined {
  return toldOf(raw.context, stamp ? instantMicros(stamp) : undefined, clock, MAPPING);
}
