import { z } from 'zod';

/**
 * The total order of everything that was ever told of a facet; compared left to right (ARCHITECTURE.md §4).
 * Instants are integer microseconds since 1970 (safe in a double until 2255): Cloudbeds stamps microseconds.
 */
export const version = z.strictObject({
  /** Raised by an audited reset, or when settled reads agree against the record. */
  epoch: z.int().min(0),
  /** The provider's clock; for observed kinds the same as `observedAt`. */
  modifiedAt: z.int().min(0),
  /** 0 push, 1 authoritative read. */
  rank: z.union([z.literal(0), z.literal(1)]),
  /** Grant instant of the read's permit by Redis' clock; 0 for pushes. No worker's clock enters a version. */
  observedAt: z.int().min(0),
  /** The adapter's integer revision. */
  mapping: z.int().min(0),
  /** SHA-256 of the content's canonical JSON: breaks the last ties the same way everywhere. */
  contentHash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Version = z.infer<typeof version>;

/** Negative when `a` is older, positive when newer, 0 when they are one and the same. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.epoch - b.epoch ||
    a.modifiedAt - b.modifiedAt ||
    a.rank - b.rank ||
    a.observedAt - b.observedAt ||
    a.mapping - b.mapping ||
    (a.contentHash < b.contentHash ? -1 : a.contentHash > b.contentHash ? 1 : 0)
  );
}

/** The part of the order that the provider stands for. Two contents of one mapping under one stamp are a tie that only a read can settle. */
export function sameStamp(a: Version, b: Version): boolean {
  return a.epoch === b.epoch && a.modifiedAt === b.modifiedAt;
}

/** Compact text of a version, for ids and logs. */
export function versionText(v: Version): string {
  return `${v.epoch}.${v.modifiedAt}.${v.rank}.${v.observedAt}.${v.mapping}.${v.contentHash.slice(0, 16)}`;
}
