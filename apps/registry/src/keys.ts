import type { ConflictStatus, Kind } from '@roomwire/events';

/** Of what is kept in these keys: another one has every memory filled anew. */
const LAYOUT = 3;

export type Keys = ReturnType<typeof namesOf>;

const known = new Map<string, Keys>();

/** Redis keys of a tenant. Every telling asks several times over: they are made once. */
export function keysOf(tenant: string): Keys {
  const keys = known.get(tenant) ?? namesOf(tenant);
  known.set(tenant, keys);
  return keys;
}

/** The braces keep them on one node of a cluster, so that a script may touch them together. */
function namesOf(tenant: string) {
  const root = `rw:{${tenant}}:`;
  return {
    /** All of them, as a pattern of Redis. */
    all: `${root}*`,
    /** Names this memory; absent = it must be rebuilt from STATE. */
    epoch: `${root}epoch:${LAYOUT}`,
    /** Sequence of STATE up to which this memory knows what readers have heard. Absent = nothing of it is known to be whole. */
    floor: `${root}floor:${LAYOUT}`,
    /** Whose presence says that an unknown memory has not been lost again since somebody began to fill it. */
    filling: `${root}filling`,
    /** Who fills it: others wait. Passes by itself where that one died. */
    filler: `${root}filler`,
    /** Raised by every write: a lower value than one already seen is a memory that was set back. */
    counter: `${root}counter`,
    recordPrefix: `${root}record:`,
    record: (name: string) => `${root}record:${name}`,
    /** Names of the records of a kind, in the order of their bytes (every score is 0): what lists are paged by. */
    names: (kind: Kind) => `${root}names:${kind}`,
    unitPrefix: `${root}unit:`,
    unit: (id: string) => `${root}unit:${id}`,
    unitRecords: (id: string) => `${root}unit:${id}:records`,
    /** Conflict → what readers have heard of it. */
    unitConflicts: (id: string) => `${root}unit:${id}:conflicts`,
    bucketPrefix: `${root}bucket:`,
    /** Names of the records that stand in a bucket. */
    bucket: (name: string) => `${root}bucket:${name}`,
    /** Names of buckets that hold something, in the order of their bytes. */
    buckets: `${root}buckets`,
    /** Bucket → when it is to be looked at, and what touched it last. */
    bucketsDue: `${root}buckets:due`,
    touches: `${root}buckets:touches`,
    /** Is there once the tenant has a calendar. */
    calendars: `${root}calendars`,
    /** A place that is no unit: how often it was looked at, and its revision. */
    shelf: (place: string) => `${root}shelf:${place}`,
    /** What contradicts itself in each of its parts. */
    found: (place: string) => `${root}shelf:${place}:found`,
    shelfConflicts: (place: string) => `${root}shelf:${place}:conflicts`,
    /** Conflict → the key of the hash that it is kept in. */
    conflictPlaces: `${root}conflicts:places`,
    /** Ids of the conflicts in a status, in the order of their bytes. */
    conflictIdsPrefix: `${root}conflicts:in:`,
    conflictIds: (status: ConflictStatus) => `${root}conflicts:in:${status}`,
    /** Records whose revision readers have not heard. */
    owed: `${root}owed`,
    /** Units to derive. */
    dirty: `${root}dirty`,
    causes: `${root}causes`,
    /** Record → what by-id reads say against it. */
    evidence: (connection: string) => `${root}evidence:${connection}`,
    /** Unit → instant at which its room changes by itself. */
    due: `${root}due`,
  };
}
