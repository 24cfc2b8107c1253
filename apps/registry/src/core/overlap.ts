import { BLOCKING, conflictIdOf } from '@roomwire/events';
import type { Contradiction } from './conflict.ts';
import { dayBefore, sideOf, type Stay } from './stay.ts';

/** Stays that claim the same nights of one unit, and so cannot all be had: from the first to the last night that more than one claims. */
export type Overlap = Contradiction & { firstNight: string; lastNight: string };

/**
 * One overlap for each connected group of blocking stays: who overlaps with one of them belongs to all. Stays are nights, from the
 * arrival's to the one before the departure: who comes on the day on which another leaves is in nobody's way.
 */
export function overlapsOf(unit: string, stays: readonly Stay[]): Overlap[] {
  const found: Overlap[] = [];
  let group: Stay[] = [];
  let until = '';
  let contestedUntil = '';
  const close = (): void => {
    if (group.length > 1) found.push(overlap(unit, group, contestedUntil));
  };
  for (const stay of stays.filter(({ status }) => BLOCKING.has(status)).toSorted(compareNights)) {
    if (stay.arrival >= until) {
      close();
      [group, until, contestedUntil] = [[stay], stay.departure, ''];
      continue;
    }
    group.push(stay);
    contestedUntil = later(contestedUntil, stay.departure < until ? stay.departure : until);
    until = later(until, stay.departure);
  }
  close();
  return found;
}

function overlap(unit: string, group: readonly Stay[], contestedUntil: string): Overlap {
  const firstNight = group[1]!.arrival;
  return {
    id: conflictIdOf('overlap', unit, firstNight),
    kind: 'overlap',
    firstNight,
    lastNight: dayBefore(contestedUntil),
    sides: group.map(sideOf),
  };
}

const later = (a: string, b: string): string => (a > b ? a : b);

/** Hours do not enter: which stay comes first is a question of dates, then of names, the same for every replica. */
function compareNights(a: Stay, b: Stay): number {
  const [left, right] = [a, b].map(({ arrival, connection, reservation }) => [arrival, connection, reservation]);
  for (let i = 0; i < 3; i++) if (left![i] !== right![i]) return left![i]! < right![i]! ? -1 : 1;
  return 0;
}
