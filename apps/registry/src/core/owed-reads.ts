import {
  compareVersions,
  isGone,
  isOpenTie,
  type AnsweredHint,
  type EntityRecord,
  type FacetState,
  type FetchReason,
} from '@roomwire/events';
import { settledFrom } from '@roomwire/pms-port';

/** A read that somebody owes. Instants in epoch ms; `dueAt` undefined = at once. */
export type OwedRead = { reason: FetchReason; dueAt: number | undefined };

/** What the provider's adapter declares of a kind. */
export type Readable = { resolutionMs: number; readLagMs: number };

/** Our clock and the provider's may differ by so much before a read that was to be settled is made in vain, ms. */
export const CLOCKS_APART_MS = 1_000;
/** A tie that no read has settled in a day stays one, flag and all: the provider sends no `Date`, or is behind for good. */
const GIVE_UP_MS = 86_400_000;
const WAIT_MS_MIN = 1_000;

/**
 * The reads by which an ambiguous record becomes certain (ARCHITECTURE.md §4). A telling that is no by-id read owes two: one at once,
 * and one when no other content can come to have the stamp. A by-id read that has left the record ambiguous owes the next one,
 * provided that one could say more; each waits as long again as the stamp is old, so that a provider that never settles anything
 * is asked some fifteen times and no more.
 *
 * Whatever the telling came to: a debt is a message from before the event is acked (a job, a stored copy, a raw, the next event, or a
 * dead letter that names it), so a crash makes it again under the same ids, and no memory has to be swept for records that nobody
 * reads. `heardAt`: when the telling's bytes arrived, and not the present, for that reason.
 */
export function readsOfTies(record: EntityRecord, told: EntityRecord, heardAt: number, { resolutionMs }: Readable): OwedRead[] {
  const open = Object.entries(record.facets).filter(([, state]) => isOpenTie(state));
  if (open.length === 0 || isGone(record)) return [];
  const stamp = Math.max(...open.map(([, { version }]) => version.modifiedAt));
  const settledAt = Math.ceil(settledFrom(stamp, resolutionMs)) + CLOCKS_APART_MS;
  if (!isByIdRead(told)) {
    const atOnce: OwedRead = { reason: 'ambiguous', dueAt: undefined };
    return heardAt >= settledAt ? [atOnce] : [atOnce, { reason: 'ambiguous', dueAt: settledAt }];
  }
  const ageMs = heardAt - stamp / 1000;
  if (ageMs > GIVE_UP_MS || !open.some(([name, state]) => mayBeSettled(told, name, state))) return [];
  const waitMs = Math.max(ageMs, WAIT_MS_MIN);
  return [{ reason: 'ambiguous', dueAt: Math.max(settledAt, Math.ceil(heardAt + waitMs)) }];
}

/**
 * Another read could settle the facet: this one told it, and was too early or from a reader that is behind. A read that is as new as
 * the tie and does not carry the facet never will.
 */
function mayBeSettled({ facets }: EntityRecord, name: string, { version }: FacetState): boolean {
  const carried = Object.hasOwn(facets, name);
  return carried || newestOf(facets) < version.modifiedAt;
}

/**
 * The one more read of a hint that was not satisfied: it said that the entity is gone and the read finds it there; or it had a time that
 * the read is behind; or it had none and the read says what the record says. `held`: the record before the read. Only the first read
 * of a hint is asked here; the one that this leads to never is.
 */
export function readOfHint(
  held: EntityRecord | undefined,
  told: EntityRecord,
  { modifiedAt, gone }: AnsweredHint,
  heardAt: number,
  { readLagMs }: Readable,
): OwedRead | undefined {
  const satisfied = (): boolean => {
    if (gone) return isGone(told);
    return modifiedAt === undefined ? isNews(held, told) : newestOf(told.facets) >= modifiedAt || isGone(told);
  };
  return satisfied() ? undefined : { reason: 'read-lag', dueAt: heardAt + readLagMs };
}

/** Only by-id reads know whether the entity exists. */
function isByIdRead({ facets }: EntityRecord): boolean {
  return Object.hasOwn(facets, 'existence');
}

/** The newest stamp of what was told, but for its existence, which is stamped with the read's own instant. */
function newestOf(facets: EntityRecord['facets']): number {
  return Math.max(0, ...Object.entries(facets).map(([name, { version }]) => (name === 'existence' ? 0 : version.modifiedAt)));
}

/** The telling says something that was not known: other content, or a newer stamp of the provider's. */
function isNews(held: EntityRecord | undefined, told: EntityRecord): boolean {
  const existed = held !== undefined && !isGone(held);
  return Object.entries(told.facets).some(([name, state]) => {
    // That an entity of which facts are held exists is nothing new.
    if (name === 'existence') return existed === isGone(told);
    const before = held?.facets[name];
    return before === undefined || isNewerThan(state, before);
  });
}

function isNewerThan({ version }: FacetState, before: FacetState): boolean {
  if (compareVersions(version, before.version) <= 0) return false;
  // What only the read's own instant orders is always stamped later.
  const isObserved = version.modifiedAt === version.observedAt;
  return version.contentHash !== before.version.contentHash || (!isObserved && version.modifiedAt > before.version.modifiedAt);
}
