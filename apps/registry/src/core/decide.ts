import { apply, canonicalJson, type EntityRecord, type Outcome, type Place } from '@roomwire/events';

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
  /** Where readers last saw it. */
  announcedPlace: Place | null;
  /** The revision that is owed only says that a stamp rose. */
  confirmed: boolean;
};

export type Write = {
  doc: string;
  revision: number;
  place: Place;
  confirmed: boolean;
  /** Units to derive anew: those it is on and those it was on. */
  touched: string[];
};
export type Decision = { outcome: Outcome; write: Write | null };

/**
 * What a telling makes of the record. Pure: the shell writes `write` by compare-and-set and asks again when somebody was faster.
 * `placeOf` looks the merged record up in the catalogue.
 */
export function decide(held: StoredRecord | undefined, told: EntityRecord, placeOf: (record: EntityRecord) => Place): Decision {
  const result = apply(held?.record, told);
  if (!result.changed) return { outcome: result.outcome, write: null };
  const revision = (held?.revision ?? 0) + (result.announce ? 1 : 0);
  const place = result.announce ? placeOf(result.record) : (held?.place ?? placeOf(result.record));
  const alreadyOwed = held !== undefined && held.revision > held.announced;
  const confirmed = result.outcome !== 'applied' && sameTies(held?.record, result.record) && (!alreadyOwed || held.confirmed);
  const touched = result.announce && !confirmed ? [...new Set([...(held?.place.units ?? []), ...place.units])] : [];
  return { outcome: result.outcome, write: { doc: canonicalJson(result.record), revision, place, confirmed, touched } };
}

function sameTies(a: EntityRecord | undefined, b: EntityRecord): boolean {
  return a !== undefined && Object.entries(b.facets).every(([name, state]) => a.facets[name]?.tied === state.tied);
}
