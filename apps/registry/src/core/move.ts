import { canonicalJson, type Place } from '@roomwire/events';
import { union, type StoredRecord, type Write } from './decide.ts';

/** What a changed catalogue makes of a record that nobody told anew; null where it stands as before. */
export function moved(held: StoredRecord, place: Place): Write | null {
  if (samePlace(held.place, place)) return null;
  return {
    record: held.record,
    doc: canonicalJson(held.record),
    // Readers that filter by place must hear of it, whatever else is owed: it is no mere confirmation.
    revision: held.revision + 1,
    place,
    confirmed: false,
    touched: union(held.place.units, place.units),
    // They are named in the provider's words, which have not changed.
    ...{ buckets: held.buckets, touchedBuckets: [], waits: false },
  };
}

export function samePlace(a: Place, b: Place): boolean {
  return a.property === b.property && sameUnits(a.units, b.units);
}

function sameUnits(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((unit, index) => unit === b[index]);
}
