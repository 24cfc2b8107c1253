import type { Drain, FetchJob } from '@roomwire/events';
import type { Listing } from '@roomwire/pms-port';

/** Where the reading of a connection's list stands in a lane. */
export type Standing = (list: Listing, lane: Drain['lane']) => Drain | undefined;

/** Everything of a connection is being read, or has still to be for the first time. A backfill that has failed holds up nobody. */
export function isBackfilling(lists: readonly Listing[], standing: Standing, now: number): boolean {
  return lists.some((list) => {
    if (!list.changedSince) return false;
    const held = standing(list, 'backfill');
    return !held || held.round !== null || held.last === null || (held.dueAt !== null && held.dueAt <= now);
  });
}

/**
 * A backfill's first pages name every house there is, and the list of houses, which is read beside it for the first time, tells them a
 * hundred at a time: what it is about to tell, or has told since, nobody has to ask for. Who waits for a webhook's house does not wait
 * for a list.
 */
export function isListed({ reason, lane, kind, hintAt }: FetchJob, lists: readonly Listing[], standing: Standing): boolean {
  if (reason !== 'unknown-property' || lane === 'live') return false;
  const list = lists.find(({ kinds }) => kinds.includes(kind));
  if (!list) return false;
  const last = standing(list, 'poll')?.last;
  return !last || (last.problem === null && Date.parse(hintAt) <= last.endedAt);
}
