import { apply, canonicalJson, isOpenTie, type EntityRecord, type Outcome, type Place } from '@roomwire/events';
import type { Standing } from './place.ts';

/** A record as Redis holds it. `revision` counts what readers must hear of; `announced` the last that they heard. */
export type StoredRecord = {
  record: EntityRecord;
  /** Raised by every write: what compare-and-set compares. */
  etag: number;
  revision: number;
  announced: number;
  /** Sequence of the subject's last message in STATE that we know of; 0 = none. */
  stateSeq: number;
  place: Place;
  /** See {@link Standing}. */
  buckets: string[];
  /** Where readers last saw it. */
  announcedPlace: Place | null;
  /** The revision that is owed only says that a stamp rose. */
  confirmed: boolean;
};

export type Write = {
  record: EntityRecord;
  /** The record, canonical. */
  doc: string;
  revision: number;
  place: Place;
  buckets: string[];
  confirmed: boolean;
  /** Units to derive anew: those it is on and those it was on. */
  touched: string[];
  /** Buckets to look at: those it stands in and those it stood in. */
  touchedBuckets: string[];
  /** They are to be looked at only where the tenant has calendars. */
  waits: boolean;
};
export type Decision = { outcome: Outcome; write: Write | null };

/**
 * What a telling makes of the record. Pure: the shell writes `write` by compare-and-set and asks again when somebody was faster.
 * `standingOf` looks the merged record up in the catalogue.
 */
export function decide(
  held: StoredRecord | undefined,
  told: EntityRecord,
  standingOf: (record: EntityRecord) => Standing,
): Decision {
  const result = apply(held?.record, told);
  if (!result.changed) return { outcome: result.outcome, write: null };
  const revision = (held?.revision ?? 0) + (result.announce ? 1 : 0);
  const standing = standingOf(result.record);
  const { place, buckets } = result.announce || !held ? standing : held;
  const alreadyOwed = held !== undefined && held.revision > held.announced;
  const confirmed = result.outcome !== 'applied' && sameTies(held?.record, result.record) && (!alreadyOwed || held.confirmed);
  // When housekeeping was last told is part of the room's picture, even where it says the same again.
  const isNews = result.announce && (!confirmed || told.kind === 'unit-status');
  const touched = isNews ? union(held?.place.units, place.units) : [];
  const touchedBuckets = isNews ? union(held?.buckets, buckets) : [];
  const { record } = result;
  const write = {
    record,
    doc: canonicalJson(record),
    revision,
    place,
    buckets,
    confirmed,
    touched,
    touchedBuckets,
    waits: standing.waits,
  };
  return { outcome: result.outcome, write };
}

/** Each once, those that were held first. */
export function union(held: readonly string[] = [], now: readonly string[]): string[] {
  return [...new Set([...held, ...now])];
}

/** A tie that was settled is open again where a newer telling of the stamp settles nothing. */
function sameTies(a: EntityRecord | undefined, b: EntityRecord): boolean {
  return Object.entries(b.facets).every(([name, state]) => {
    const before = a?.facets[name];
    return before !== undefined && isOpenTie(before) === isOpenTie(state);
  });
}
