import {
  BLOCKING,
  contentHash,
  contentOf,
  isGone,
  parseCalendarEntity,
  type EntityRecord,
  type MessageCore,
  type ReservationCore,
  type UnitCore,
} from '@roomwire/events';
import { monthsOf } from './month.ts';
import { dayBefore } from './stay.ts';

/**
 * A bucket holds records that together say something beside what a room says:
 * - `sale/<connection>/<unit type>/<YYYY-MM>`: a month of what the provider sells as one thing, its calendars and its stays;
 * - `talk/<connection>/<conversation>/<YYYY-MM-DD>`: a day (UTC) of a conversation with a guest;
 * - `doors/<connection>/<unit type>`: the type and its doors.
 * `look/<place>` holds nothing: it says that a place is to be looked at again.
 * Names are the provider's words, so that no record has to move when the catalogue changes.
 */
export type Bucket =
  | { of: 'sale'; connection: string; unitType: string; month: string }
  | { of: 'talk'; connection: string; conversation: string; day: string }
  | { of: 'doors'; connection: string; unitType: string }
  | { of: 'look'; place: string };

/** Two copies of a message may lie this far apart, ms, on two sides of midnight too. */
export const TWINS_APART_MS = 5 * 60_000;

export function bucketName(bucket: Bucket): string {
  switch (bucket.of) {
    case 'sale':
      return `sale/${bucket.connection}/${bucket.unitType}/${bucket.month}`;
    case 'talk':
      return `talk/${bucket.connection}/${bucket.conversation}/${bucket.day}`;
    case 'doors':
      return `doors/${bucket.connection}/${bucket.unitType}`;
    case 'look':
      return `look/${bucket.place}`;
  }
}

/** The inverse of {@link bucketName}. Ids of providers may hold slashes; those of connections and days do not. */
export function parseBucket(name: string): Bucket {
  const [of, first, ...rest] = name.split('/');
  const last = rest.at(-1) ?? '';
  const middle = rest.slice(0, -1).join('/');
  switch (of) {
    case 'sale':
      return { of, connection: first!, unitType: middle, month: last };
    case 'talk':
      return { of, connection: first!, conversation: middle, day: last };
    case 'doors':
      return { of, connection: first!, unitType: rest.join('/') };
    default:
      return { of: 'look', place: first! };
  }
}

/** What all months of a sale's buckets begin with. */
export const saleMonths = (connection: string, unitType: string): string => `sale/${connection}/${unitType}/`;

/** Places of conflicts are units and, with an underscore, these. */
export const isShelf = (place: string): boolean => place.includes('_');
export const salePlace = (id: string): string => `sale_${id}`;
export const soldAt = (place: string): string | undefined => (place.startsWith('sale_') ? place.slice(5) : undefined);
export const namedPlace = (of: 'talk' | 'doors', connection: string, entity: string): string =>
  `${of}_${contentHash([connection, entity]).slice(0, 16)}`;

/** Names of the buckets that the record stands in; none where it is gone, or keeps nothing from anybody. */
export function bucketsOf(record: EntityRecord, source: (connection: string) => string): string[] {
  if (isGone(record)) return [];
  return [...new Set(found(record, source(record.connection)).map(bucketName))].sort();
}

/**
 * Whether a look at its buckets is only worth while where the tenant has calendars: stays on one door are compared with each other
 * when its room is derived.
 */
export const waitsForCalendars = ({ kind }: Pick<EntityRecord, 'kind'>, isType: boolean): boolean =>
  kind === 'reservation' && !isType;

function found(record: EntityRecord, connection: string): Bucket[] {
  switch (record.kind) {
    case 'reservation': {
      const core = contentOf<ReservationCore>(record, 'core');
      if (!core || !BLOCKING.has(core.status) || core.departure <= core.arrival) return [];
      const { unitType } = core;
      return monthsOf(core.arrival, dayBefore(core.departure)).map((month) => ({ of: 'sale', connection, unitType, month }));
    }
    case 'availability':
    case 'rate': {
      const calendar = parseCalendarEntity(record.entity);
      return calendar ? [{ of: 'sale', connection, ...calendar }] : [];
    }
    case 'unit-type':
      return [{ of: 'doors', connection, unitType: record.entity }];
    case 'unit': {
      const unitType = contentOf<UnitCore>(record, 'core')?.unitType;
      return unitType ? [{ of: 'doors', connection, unitType }] : [];
    }
    case 'message': {
      const core = contentOf<MessageCore>(record, 'core');
      if (core?.direction !== 'incoming') return [];
      const { conversation } = core;
      const at = sentAtMs(record);
      const days = [at - TWINS_APART_MS, at + TWINS_APART_MS].map((ms) => new Date(ms).toISOString().slice(0, 10));
      return days.map((day) => ({ of: 'talk', connection, conversation, day }));
    }
    default:
      return [];
  }
}

/** By the message's own instant; where it has none, by the stamp it was told under. */
export function sentAtMs(message: EntityRecord): number {
  const sentAt = contentOf<MessageCore>(message, 'core')?.sentAt;
  return sentAt ? Date.parse(sentAt) : message.facets['core']!.version.modifiedAt / 1000;
}
