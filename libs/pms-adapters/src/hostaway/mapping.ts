import { microsToInstant, type EntityRecord, type Kind, type ReservationStatus } from '@roomwire/events';
import { moneyIn, tellingOf, toldOf, utcMicros, type Clock, type Contents, type RawMessage, type Told } from '@roomwire/pms-port';
import { taskCoreOf } from './task.ts';
import type { WireListing, WireMessage, WireReservation, WireTask, WireUnit } from './wire.ts';

export const MAPPING = 1;

const SECOND: Clock = { clock: 'provider', resolutionMs: 1_000 };
export const CLOCKS: Partial<Record<Kind, Clock>> = {
  reservation: SECOND,
  message: SECOND,
  // A listing has `latestActivity`, which nobody says to be its modification time.
  property: { clock: 'observed' },
  'unit-type': { clock: 'observed' },
  unit: { clock: 'observed' },
  availability: { clock: 'observed' },
  rate: { clock: 'observed' },
  task: { clock: 'observed' },
};

/** All sixteen documented ones; what is not stated to leave the calendar open keeps the unit from others. `unknown` says nothing. */
export const STATUSES: Readonly<Record<string, ReservationStatus | null>> = {
  new: 'confirmed',
  modified: 'confirmed',
  cancelled: 'cancelled',
  ownerStay: 'owner',
  pending: 'tentative',
  awaitingPayment: 'tentative',
  declined: 'cancelled',
  expired: 'cancelled',
  unconfirmed: 'tentative',
  awaitingGuestVerification: 'tentative',
  inquiry: 'inquiry',
  inquiryPreapproved: 'inquiry',
  inquiryDenied: 'cancelled',
  inquiryTimedout: 'cancelled',
  inquiryNotPossible: 'cancelled',
  unknown: null,
};

/**
 * The wire keys that each facet is made of. A facet is carried whole when every one of its keys is there, null or not; when only
 * some are, the push has said something that cannot be told, and the reservation is read.
 */
const KEYS = {
  core: ['listingMapId', 'status', 'arrivalDate', 'departureDate'],
  times: ['checkInTime', 'checkOutTime'],
  guest: ['guestName', 'adults', 'children'],
  money: ['totalPrice', 'currency'],
} as const satisfies Record<string, readonly (keyof WireReservation)[]>;

/**
 * `owed`: the entity has to be read, since these bytes do not tell (all of) what they are about; with the time of what they are about,
 * where they say it.
 */
export type Understood = { telling: EntityRecord | undefined; owed: { modifiedAt?: number } | undefined };

export function reservationOf(raw: RawMessage, wire: WireReservation): Understood {
  const told = stampOf(raw, CLOCKS.reservation, wire.updatedOn);
  if (!told) return { telling: undefined, owed: {} };
  const contents = {
    core: coreOf(wire),
    times: timesOf(wire),
    units: unitsOf(wire, raw),
    guest: guestOf(wire),
    money: moneyOf(wire),
  };
  const torn = Object.values(KEYS).some((keys) => !isWhole(wire, keys) && keys.some((key) => wire[key] !== undefined));
  const owed = contents.core === undefined || torn ? { modifiedAt: told.stamp.modifiedAt } : undefined;
  return { telling: tellingOf(raw, 'reservation', wire.id, contents, told), owed };
}

function isWhole(wire: WireReservation, keys: readonly (keyof WireReservation)[]): boolean {
  return keys.every((key) => wire[key] !== undefined);
}

/**
 * `channel` is null for all: pushes are known to lack `channelName`, and a core that waited for it would tell no dates, while one
 * that took its absence for null would erase it.
 */
function coreOf({ listingMapId, status, arrivalDate, departureDate, isDatesUnspecified }: WireReservation): unknown {
  const ours = status && Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  // Flagged dates are yesterday's, put in for want of any.
  if (!listingMapId || !ours || !arrivalDate || !departureDate || isDatesUnspecified) return undefined;
  return {
    status: ours,
    arrival: arrivalDate,
    departure: departureDate,
    property: listingMapId,
    unitType: listingMapId,
    channel: null,
  };
}

function timesOf({ checkInTime, checkOutTime }: WireReservation): unknown {
  const [checkIn, checkOut] = [hourOf(checkInTime), hourOf(checkOutTime)];
  return checkIn === undefined || checkOut === undefined ? undefined : { checkIn, checkOut };
}

/** Whole hours as `HH:00`; undefined where the key is absent or it is no hour of a day. */
function hourOf(hour: number | null | undefined): string | null | undefined {
  if (hour === null || hour === undefined) return hour;
  return hour >= 0 && hour < 24 ? `${String(hour).padStart(2, '0')}:00` : undefined;
}

/** Without `includeResources=1` the list is empty for everybody: only a read knows that nothing is assigned. */
function unitsOf({ listingMapId, reservationUnit }: WireReservation, raw: RawMessage): unknown {
  if (!listingMapId || !reservationUnit || (reservationUnit.length === 0 && raw.context.via === 'push')) return undefined;
  const units = new Set(reservationUnit.map(({ listingUnitId }) => `${listingMapId}/${listingUnitId}`));
  return { units: [...units].sort() };
}

function guestOf(wire: WireReservation): unknown {
  const { guestName: name, adults, children } = wire;
  return isWhole(wire, KEYS.guest) && name !== null ? { name, adults, children } : undefined;
}

function moneyOf({ totalPrice, currency }: WireReservation): unknown {
  const total = moneyIn(totalPrice, currency);
  return total && { total };
}

/**
 * A listing is our property, our unit type and our unit of one name. How many doors it has it does not say, so its type is only said
 * to exist: a quantity of one would make every second guest of a house a conflict.
 */
export function listingOf(
  raw: RawMessage,
  { id, name, timeZoneName, checkInTimeStart, checkOutTime }: WireListing,
): EntityRecord[] {
  const told = stampOf(raw, undefined, null);
  if (!told) return [];
  const isWhole = name && timeZoneName && checkInTimeStart !== undefined && checkOutTime !== undefined;
  const hours = { checkIn: hourOf(checkInTimeStart) ?? null, checkOut: hourOf(checkOutTime) ?? null };
  return [
    tellingOf(raw, 'property', id, { core: isWhole ? { name, timeZone: timeZoneName, ...hours } : undefined }, told),
    tellingOf(raw, 'unit-type', id, {}, told),
    tellingOf(raw, 'unit', id, { core: name ? { property: id, unitType: id, name } : undefined }, told),
  ].filter((telling) => telling !== undefined);
}

/**
 * The doors of a listing that has several, which is their type. The answer has no name for the type, and its id stands in, as it does
 * for a type that nobody tells of.
 */
export function doorsOf(raw: RawMessage, listing: string, doors: readonly WireUnit[]): EntityRecord[] {
  const told = stampOf(raw, undefined, null);
  if (!told) return [];
  const type = { property: listing, name: listing, quantity: doors.length };
  return [
    tellingOf(raw, 'unit-type', listing, { core: type }, told),
    ...doors.map(({ id, name }) => {
      const core = name ? { property: listing, unitType: listing, name } : undefined;
      return tellingOf(raw, 'unit', `${listing}/${id}`, { core }, told);
    }),
  ].filter((telling) => telling !== undefined);
}

export function taskOf(raw: RawMessage, wire: WireTask): EntityRecord | undefined {
  const told = stampOf(raw, undefined, null);
  return told && tellingOf(raw, 'task', wire.id, { core: taskCoreOf(wire) }, told);
}

export function messageId({ conversationId, id }: WireMessage): string {
  return `${conversationId}/${id}`;
}

export function messageOf(raw: RawMessage, wire: WireMessage): Understood {
  const told = stampOf(raw, CLOCKS.message, wire.updatedOn ?? wire.insertedOn ?? wire.date);
  if (!told) return { telling: undefined, owed: {} };
  const core = messageCoreOf(wire);
  const owed = core === undefined ? { modifiedAt: told.stamp.modifiedAt } : undefined;
  return { telling: tellingOf(raw, 'message', messageId(wire), { core }, told), owed };
}

function messageCoreOf({ conversationId, reservationId, body, isIncoming, date }: WireMessage): Contents | undefined {
  const sent = date ? utcMicros(date) : undefined;
  if (reservationId === undefined || body === undefined || date === undefined || isIncoming === undefined || isIncoming === null)
    return undefined;
  if (date !== null && sent === undefined) return undefined;
  return {
    conversation: conversationId,
    reservation: reservationId,
    direction: isIncoming ? 'incoming' : 'outgoing',
    body: body ?? '',
    sentAt: sent === undefined ? null : microsToInstant(sent),
  };
}

function stampOf(raw: RawMessage, clock: Clock | undefined, stamp: string | null | undefined): Told | undefined {
  return toldOf(raw.context, stamp ? utcMicros(stamp) : undefined, clock, MAPPING);
}
