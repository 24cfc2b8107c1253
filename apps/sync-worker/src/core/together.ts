import { utf8Bytes, type FetchJob, type FetchLane } from '@roomwire/events';

/**
 * How long the first job of a group waits for others that the same call can read, ms. Somebody waits for a live one, and a webhook's
 * hints come within milliseconds of each other; for the others a fifth of a second is nothing, and one call fewer is something.
 */
export const GATHER_MS: Readonly<Record<FetchLane, number>> = { live: 20, poll: 200, backfill: 200 };
/** JetStream refuses headers beyond 64 KiB, and the read's context and hops are among them too. */
export const HEADER_BYTES_MAX = 48 * 1024;
/** A job that has failed so often is asked for alone: what ails it may be its own, and must not bury those who are asked for with it. */
const ALONE_FROM_ATTEMPT = 6;

/** What no two calls may be under way for at once, of a kind that many entities of are read by one call. */
export const ALL_OF_KIND = '*';

/** Jobs of one key may be read by one call: `operation` is that of the job's own request. */
export function groupOf({ connection, kind, lane }: FetchJob, operation: string): string {
  return JSON.stringify([connection, kind, lane, operation]);
}

/** Of how many others at most a job may be read along with. */
export function mostFor(readsAtOnce: number, attempt: number): number {
  return attempt >= ALONE_FROM_ATTEMPT ? 1 : readsAtOnce;
}

/** What a job adds to the headers of the raw message, at most: its id among those read, and its hint. */
export function headerBytesOf({ kind, entity, modifiedAt }: FetchJob): number {
  return utf8Bytes(JSON.stringify([entity, { kind, entity, modifiedAt: modifiedAt ?? 0 }]));
}
