import {
  BLOCKING,
  contentOf,
  isGone,
  type EntityRecord,
  type ReservationCore,
  type ReservationGuest,
  type ReservationStatus,
  type ReservationTimes,
  type RoomStay,
} from '@roomwire/events';
import { readAtOf, type SideFact } from './conflict.ts';

/** The hours and the zone that turn dates into instants; `checkIn` and `checkOut` are local HH:MM. */
export type HouseRules = { timeZone: string; checkIn: string; checkOut: string };

export type Stay = RoomStay & {
  arrivesMs: number;
  departsMs: number;
  /** Start of the arrival day: from then on the room is due in. */
  arrivalDayMs: number;
  lateCheckout: boolean;
  earlyArrival: boolean;
  /** See {@link SideFact}. */
  readAt: number;
};

/**
 * The zones of houses and the days of their stays are few, and every derivation asks for all stays of a door. But a zone's name is a
 * provider's text, and any case of it and any offset is a name.
 */
const REMEMBERED_MAX = 10_000;
const instants = new Map<string, number>();

/** Local date and hour → epoch ms. A skipped hour moves forward, a repeated one takes its first pass (Temporal's `compatible`). */
export function localToMs(date: string, time: string, timeZone: string): number {
  const local = `${date}T${time}`;
  const key = `${local}[${timeZone}]`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  const ms = Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
  if (instants.size >= REMEMBERED_MAX) instants.clear();
  instants.set(key, ms);
  return ms;
}

const MINUTE_MS = 60_000;
const days = new Map<string, { minute: number; date: string }>();

/** Every derivation asks for today; no zone changes its date within a minute. */
export function localDateOf(ms: number, timeZone: string): string {
  const minute = Math.floor(ms / MINUTE_MS);
  const known = days.get(timeZone);
  if (known?.minute === minute) return known.date;
  const date = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate().toString();
  if (days.size >= REMEMBERED_MAX) days.clear();
  days.set(timeZone, { minute, date });
  return date;
}

export function dayAfter(date: string): string {
  return daysAfter(date, 1);
}

export function dayBefore(date: string): string {
  return daysAfter(date, -1);
}

/** In UTC every day has 24 hours; `Temporal` takes ten times as long, and every telling asks. */
function daysAfter(date: string, days: number): string {
  const day = Number(date.slice(8)) + days;
  // Every month has it.
  if (day >= 1 && day <= 28) return date.slice(0, 8) + String(day).padStart(2, '0');
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

export const isKnownZone = (timeZone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return true;
  } catch {
    return false;
  }
};

/** The stay that a reservation puts on a unit; undefined where it puts none (inquiry, cancelled, gone, dates unknown). */
export function stayOf(record: EntityRecord, rules: HouseRules): Stay | undefined {
  const core = contentOf<ReservationCore>(record, 'core');
  if (record.kind !== 'reservation' || !core || isGone(record) || !occupies(core.status) || core.departure <= core.arrival)
    return undefined;
  const times = contentOf<ReservationTimes>(record, 'times');
  const checkIn = times?.checkIn ?? rules.checkIn;
  const checkOut = times?.checkOut ?? rules.checkOut;
  const arrivesMs = localToMs(core.arrival, checkIn, rules.timeZone);
  const departsMs = localToMs(core.departure, checkOut, rules.timeZone);
  return {
    reservation: record.entity,
    connection: record.connection,
    status: core.status,
    arrival: core.arrival,
    departure: core.departure,
    arrivesAt: new Date(arrivesMs).toISOString(),
    departsAt: new Date(departsMs).toISOString(),
    guest: contentOf<ReservationGuest>(record, 'guest')?.name ?? null,
    arrivesMs,
    departsMs,
    arrivalDayMs: localToMs(core.arrival, '00:00', rules.timeZone),
    lateCheckout: checkOut > rules.checkOut,
    earlyArrival: checkIn < rules.checkIn,
    readAt: readAtOf(record),
  };
}

export function sideOf({ connection, reservation, status, arrival, departure, guest, readAt }: Stay): SideFact {
  return { side: { what: 'reservation', connection, reservation, status, arrival, departure, guest }, readAt };
}

function occupies(status: ReservationStatus): boolean {
  return BLOCKING.has(status) || status === 'checked-out';
}

/** By arrival, then by name, so that two replicas that see the same records choose the same stay. */
export function compareStays(a: Stay, b: Stay): number {
  return (
    a.arrivesMs - b.arrivesMs ||
    (a.connection < b.connection ? -1 : a.connection > b.connection ? 1 : a.reservation < b.reservation ? -1 : 1)
  );
}
