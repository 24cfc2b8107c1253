import { isSide, sideIdOf, type Review } from '@roomwire/events';
import { chosenOf } from './conflict.ts';
import type { Overlap } from './overlap.ts';
import { sideOf, type Stay } from './stay.ts';

/** Stay → the one that was chosen over it. Only who wants a night of the chosen one has lost it: others of the group are in nobody's way. */
export function losersOf(
  overlaps: readonly Overlap[],
  stays: readonly Stay[],
  reviewOf: (conflict: string) => Review | undefined,
): Map<Stay, Stay> {
  const losers = new Map<Stay, Stay>();
  for (const { id, sides } of overlaps) {
    const group = sides.map(({ side }) => side);
    const chosen = chosenOf(reviewOf(id), group);
    const winner = chosen && stays.find((stay) => isSide(chosen, sideOf(stay).side));
    if (!winner) continue;
    // Of the group is who keeps others out: one that has checked out since wants no night any more.
    const wanting = stays.filter((stay) => stay !== winner && group.some((side) => isSide(sideIdOf(sideOf(stay).side), side)));
    for (const stay of wanting) if (shareNight(stay, winner)) losers.set(stay, winner);
  }
  return losers;
}

/**
 * Whether the stay leaves the room to the one that was chosen over it: while that one has the room by its dates, and from the start
 * where its first night is the other's. Who was there before the other comes stays until then, and whoever is left when it has gone is
 * there again: a choice says whose room it is, and never that nobody is in it.
 */
export function givesWay(stay: Stay, winner: Stay | undefined, asOf: number): boolean {
  if (!winner) return false;
  const has = winner.status === 'checked-in' || winner.arrivesMs <= asOf;
  return has ? asOf < winner.departsMs : winner.arrival <= stay.arrival && stay.status !== 'checked-in';
}

function shareNight(a: Stay, b: Stay): boolean {
  return a.arrival < b.departure && b.arrival < a.departure;
}
