import { calendarEntity, parseCalendarEntity, type EntityRecord, type Kind, type ReservationStatus } from '@roomwire/events';
import { localMicros, moneyIn, tellingOf, toldByRead, toldOf, type Clock, type RawMessage, type Told } from '@roomwire/pms-port';
import type { WireApartment, WireMessage, WireNight, WireReservation } from './wire.ts';

export const MAPPING = 1;

const RESOLUTION_MS = 60_000;
const OBSERVED: Clock = { clock: 'observed' };
export const CLOCKS: Partial<Record<Kind, Clock>> = {
  reservation: { clock: 'provider', resolutionMs: RESOLUTION_MS },
  message: OBSERVED,
  property: OBSERVED,
  'unit-type': OBSERVED,
  unit: OBSERVED,
  availability: OBSERVED,
  rate: OBSERVED,
};

/** All that are known. A block is none of them: it is a reservation with a mark. */
export const TYPES: Readonly<Record<string, ReservationStatus>> = {
  reservation: 'confirmed',
  'modification of booking': 'confirmed',
  cancellation: 'cancelled',
};

/**
 * The wire keys that each facet is made of. A facet is carried whole when every one of its keys is there, null or not; when only
 * some are, the push has said something that cannot be told, and the reservation is read.
 */
const KEYS = {
  core: ['type', 'arrival', 'departure', 'apartment', 'channel', 'is-blocked-booking'],
  times: ['check-in', 'check-out'],
  guest: ['guest-name', 'adults', 'children'],
} as const satisfies Record<string, readonly (keyof WireReservation)[]>;

/**
 * `owed`: the entity has to be read, since these bytes do not tell (all of) what they are about; with the time of what they are about,
 * where they say it.
 */
export type Understood = { telling: EntityRecord | undefined; owed: { modifiedAt?: number } | undefined };

export function reservationOf(raw: RawMessage, wire: WireReservation): Understood {
  const told = stampOf(raw, wire.modifiedAt ?? wire['modified-at']);
  if (!told) return { telling: undefined, owed: {} };
  const contents = {
    core: coreOf(wire),
    times: timesOf(wire),
    units: unitsOf(wire),
    guest: guestOf(wire),
    money: moneyOf(wire, raw),
  };
  const torn = Object.values(KEYS).some((keys) => !isWhole(wire, keys) && keys.some((key) => wire[key] !== undefined));
  const owed = contents.core === undefined || torn ? { modifiedAt: told.stamp.modifiedAt } : undefined;
  return { telling: tellingOf(raw, 'reservation', wire.id, contents, told), owed };
}

function isWhole(wire: WireReservation, keys: readonly (keyof WireReservation)[]): boolean {
  return keys.every((key) => wire[key] !== undefined);
}

function coreOf(wire: WireReservation): unknown {
  const { type, arrival, departure, apartment, channel, 'is-blocked-booking': isBlock } = wire;
  const ours = type && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const isUnnamed = channel && channel.name === undefined;
  if (!isWhole(wire, KEYS.core) || !ours || !arrival || !departure || !apartment || isUnnamed) return undefined;
  return {
    // A block that was taken away is a cancellation too.
    status: isBlock && ours === 'confirmed' ? 'owner' : ours,
    arrival,
    departure,
    property: apartment.id,
    unitType: apartment.id,
    channel: channel?.name ?? null,
  };
}

function timesOf({ 'check-in': checkIn, 'check-out': checkOut }: WireReservation): unknown {
  const [from, until] = [hourOf(checkIn), hourOf(checkOut)];
  return from === undefined || until === undefined ? undefined : { checkIn: from, checkOut: until };
}

/** Undefined where the key is absent or it is no hour of a day; an empty text says none. */
function hourOf(time: string | null | undefined): string | null | undefined {
  if (time === undefined) return undefined;
  if (!time) return null;
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? time : undefined;
}

/** An apartment has no parts: it is the door. */
function unitsOf({ apartment }: WireReservation): unknown {
  return apartment ? { units: [apartment.id] } : undefined;
}

function guestOf(wire: WireReservation): unknown {
  const { 'guest-name': name, adults, children } = wire;
  return isWhole(wire, KEYS.guest) && name ? { name, adults, children } : undefined;
}

/** The account's currency where its owner says it, else that of the elements, which only some pushes have. */
function moneyOf({ price, priceElements }: WireReservation, { unsaid }: RawMessage): unknown {
  const [named, ...others] = new Set((priceElements ?? []).flatMap(({ currencyCode }) => currencyCode ?? []));
  const currency = unsaid?.currency ?? (others.length > 0 ? undefined : named);
  const total = moneyIn(price, currency);
  return total && { total };
}

/** An apartment is our property, our unit type and our unit of one name. Its zone is its owner's word, unless it has one. */
export function apartmentOf(raw: RawMessage, id: string, { name, timeZone }: WireApartment): EntityRecord[] {
  if (raw.context.via !== 'read') return [];
  const told = toldByRead(raw.context.read, MAPPING);
  const zone = timeZone ?? raw.unsaid?.timeZone;
  const core = (content: object) => ({ core: name ? { name, ...content } : undefined });
  const house = zone ? core({ timeZone: zone, checkIn: null, checkOut: null }) : {};
  return [
    tellingOf(raw, 'property', id, house, told),
    tellingOf(raw, 'unit-type', id, core({ property: id, quantity: 1 }), told),
    tellingOf(raw, 'unit', id, core({ property: id, unitType: id }), told),
  ].filter((telling) => telling !== undefined);
}

/**
 * The months of an apartment's nights, of both kinds: one answer tells what is free and what it costs. `asked`: calendars, of which those of
 * other apartments are not looked at; undefined: whatever months there are.
 */
export function calendarOf(
  raw: RawMessage,
  apartment: string,
  nights: ReadonlyMap<string, WireNight>,
  asked: readonly string[] | undefined,
): EntityRecord[] {
  if (raw.context.via !== 'read') return [];
  const { read } = raw.context;
  const told = toldByRead(read, MAPPING);
  const dates = [...nights.keys()];
  const inAsked = asked?.flatMap((entity) => parseCalendarEntity(entity) ?? []).filter(({ unitType }) => unitType === apartment);
  const months = inAsked?.map(({ month }) => month) ?? [...new Set(dates.map((date) => date.slice(0, 7)))];
  return months.flatMap((month) => {
    const tell = (kind: 'availability' | 'rate', content: (night: WireNight) => unknown) => {
      const ofMonth = dates.filter((date) => date.startsWith(month));
      const contents = Object.fromEntries(ofMonth.map((date) => [date, content(nights.get(date)!)]));
      // What was not asked for is told where there is something to tell, and not for being there.
      const isNothing = kind !== read.kind && Object.values(contents).every((each) => each === undefined);
      return isNothing ? undefined : tellingOf(raw, kind, calendarEntity(apartment, month), contents, told);
    };
    return [tell('availability', availabilityOf), tell('rate', (night) => rateOf(night, raw))].filter(
      (telling) => telling !== undefined,
    );
  });
}

function availabilityOf({ available }: WireNight): unknown {
  return typeof available === 'number' ? { available: Math.max(0, available), closed: false } : undefined;
}

function rateOf({ price: amount, min_length_of_stay: minimumStay }: WireNight, { unsaid }: RawMessage): unknown {
  const price = moneyIn(amount, unsaid?.currency);
  return price && minimumStay !== undefined ? { price, minimumStay } : undefined;
}

export function messageOf(raw: RawMessage, reservation: string, wire: WireMessage): EntityRecord | undefined {
  if (raw.context.via !== 'read') return undefined;
  const { id, type, message } = wire;
  const body = message ?? wire.messageHtml ?? wire.htmlMessage ?? '';
  const isWhole = message !== undefined && (type === 1 || type === 2);
  const core = { conversation: reservation, reservation, direction: type === 1 ? 'incoming' : 'outgoing', body, sentAt: null };
  const contents = { core: isWhole ? core : undefined };
  return tellingOf(raw, 'message', messageId(reservation, id), contents, toldByRead(raw.context.read, MAPPING));
}

export function messageId(reservation: string, message: string): string {
  return `${reservation}/${message}`;
}

/**
 * The provider's stamp where its zone is known: nobody states it, so its owner says it. Without that nothing can be said of when
 * a push was true; a read is ordered by its own instant, as all are that have no stamp.
 */
function stampOf(raw: RawMessage, stamp: string | null | undefined): Told | undefined {
  const zone = raw.unsaid?.timeZone;
  return toldOf(raw.context, stamp && zone ? localMicros(stamp, zone, RESOLUTION_MS) : undefined, CLOCKS.reservation, MAPPING);
}
