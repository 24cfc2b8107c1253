import { facet, type EntityRecord, type Kind, type PropertyCore, type ReservationStatus } from '@roomwire/events';
import { localToMs } from '../core/stay.ts';

/** Something that is known, and how it is said in few words. */
export type Fact = { words: string; record: EntityRecord };

export const ROME: PropertyCore = { name: 'House', timeZone: 'Europe/Rome', checkIn: '15:00', checkOut: '11:00' };
export const zone = (timeZone: string): PropertyCore => ({ ...ROME, timeZone });
/** What the tenant said for houses of which no provider tells more. */
export const DEFAULTS = { timeZone: 'UTC', checkIn: '16:00', checkOut: '10:00' };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'June', 'July', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'];

/** `07-01` → `2026-07-01`: everything happens in one year. */
export const dateOf = (short: string): string => `2026-${short}`;
/** `2026-07-01` → `1 July`. */
export function spoken(date: string): string {
  const [, month, day] = date.split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1]}`;
}
/** From one date to another, the month once where it is the same. */
export function span(from: string, to: string): string {
  const [first, second] = [spoken(from), spoken(to)];
  if (first === second) return first;
  return from.slice(5, 7) === to.slice(5, 7) ? `${Number(from.slice(8))}–${second}` : `${first} – ${second}`;
}

export type StayOptions = {
  status?: ReservationStatus;
  /** Assigned doors; none: it counts on the door of its unit type. */
  on?: readonly string[];
  type?: string;
  from?: string;
  to?: string;
  connection?: 'c1' | 'c2';
  id?: string;
  gone?: boolean;
  /** The provider has told nothing of it but its doors. */
  houseless?: boolean;
};

/** A reservation from one date to another, as `07-01`. */
export function stay(guest: string, arrival: string, departure: string, options: StayOptions = {}): Fact {
  const { status = 'confirmed', on, type = '1', from, to, connection = 'c1', id = guest, gone, houseless } = options;
  const core = { status, arrival: dateOf(arrival), departure: dateOf(departure), property: 'p', unitType: type, channel: null };
  const facets = {
    ...(houseless ? {} : { core }),
    guest: { name: guest, adults: null, children: null },
    ...(on ? { units: { units: on } } : {}),
    ...(from || to ? { times: { checkIn: from ?? null, checkOut: to ?? null } } : {}),
    ...(gone ? { existence: { state: 'gone' } } : {}),
  };
  const words = [
    `${guest} ${houseless ? 'on unknown dates' : span(core.arrival, core.departure)}`,
    ...(status === 'confirmed' ? [] : [status]),
    ...(from ? [`in at ${from}`] : []),
    ...(to ? [`out at ${to}`] : []),
    ...(type === '1' ? [] : [`type ${type}`]),
    ...(on ? [`assigned ${on.join(' + ')}`] : []),
    ...(connection === 'c1' ? [] : ['told by the other PMS']),
    ...(gone ? ['not found by a read'] : []),
  ];
  return { words: words.join(', '), record: recordOf('reservation', id, facets, 0, connection) };
}

/** What the cleaner said, at a local date and hour of Rome. */
export function cleaner(status: 'clean' | 'dirty', when: string): Fact {
  const at = localInstant(when, ROME.timeZone);
  const record = recordOf('unit-status', 'status', { core: { unit: '1', status, by: null } }, at);
  return { words: `cleaner on ${spoken(dateOf(when.slice(0, 5)))} ${when.slice(6)}: ${status}`, record };
}

export function ticket(from: string | null, until: string | null): Fact {
  const dates = { from: from && dateOf(from), until: until && dateOf(until) };
  const core = { unit: '1', status: 'open', title: 'pipe', outOfOrder: true, ...dates };
  const words = from && until ? `out of order ${span(dateOf(from), dateOf(until))}` : 'out of order';
  return { words, record: recordOf('ticket', 'pipe', { core }) };
}

/** `07-01 15:00` by the clock on the wall → epoch ms. */
export function localInstant(when: string, timeZone: string): number {
  return localToMs(dateOf(when.slice(0, 5)), when.slice(6), timeZone);
}

function recordOf(kind: Kind, entity: string, facets: Record<string, unknown>, atMs = 0, connection = 'c1'): EntityRecord {
  const stamp = { epoch: 0, modifiedAt: atMs * 1000, rank: 0 as const, observedAt: 0, mapping: 1 };
  const told = Object.entries(facets).map(([name, content]) => [name, facet(content, stamp)] as const);
  return { kind, connection, entity, facets: Object.fromEntries(told) };
}
