import { conflictIdOf, sideName, type ConflictSide } from '@roomwire/events';
import type { Contradiction, SideFact } from './conflict.ts';
import type { Contested } from './contested.ts';
import { dayAfter } from './stay.ts';

/**
 * One contradiction for each connected run of contested nights, whatever buckets they lie in. Two nights are connected if one follows
 * the other and somebody is in both: who all leave and who all come on a day have nothing to do with each other.
 */
export function contradictionsOf(shelf: string, contested: readonly Contested[]): Contradiction[] {
  const series = new Map<string, Contested[]>();
  for (const each of contested) {
    const key = each.night === null ? JSON.stringify([each.kind, each.series, 'once']) : JSON.stringify([each.kind, each.series]);
    series.set(key, [...(series.get(key) ?? []), each]);
  }
  return [...series.values()].flatMap((nights) => runsOf(nights).map((run) => contradiction(shelf, run)));
}

function runsOf(nights: readonly Contested[]): Contested[][] {
  const runs: Contested[][] = [];
  for (const night of nights.toSorted((a, b) => ((a.night ?? '') < (b.night ?? '') ? -1 : 1))) {
    const run = runs.at(-1);
    if (run && follows(run.at(-1)!, night)) run.push(night);
    else runs.push([night]);
  }
  return runs;
}

/** A message that two days hold is one. */
function follows(before: Contested, night: Contested): boolean {
  if (before.night === null || night.night === null) return true;
  const names = new Set(before.sides.map(({ side }) => keyOf(side)));
  return dayAfter(before.night) === night.night && night.sides.some(({ side }) => names.has(keyOf(side)));
}

function contradiction(shelf: string, run: readonly Contested[]): Contradiction {
  const { kind, series, night: firstNight } = run[0]!;
  const lastNight = run.at(-1)!.night;
  const id = conflictIdOf(kind, shelf, JSON.stringify([series, firstNight]));
  return { id, kind, firstNight, lastNight, sides: merged(run.flatMap(({ sides }) => sides)) };
}

/** Each side once, in the order of their names: the same from every replica. */
function merged(facts: readonly SideFact[]): SideFact[] {
  const sides = new Map<string, SideFact>();
  for (const fact of facts) {
    const before = sides.get(keyOf(fact.side));
    sides.set(keyOf(fact.side), before ? both(before, fact) : fact);
  }
  return [...sides].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
}

function both(a: SideFact, b: SideFact): SideFact {
  return { side: widened(a.side, b.side), readAt: Math.min(a.readAt, b.readAt) };
}

function widened(a: ConflictSide, b: ConflictSide): ConflictSide {
  if (a.what === 'availability' && b.what === 'availability') return { ...a, available: Math.max(a.available, b.available) };
  if (a.what !== 'rate' || b.what !== 'rate') return a;
  const [lowestMinor, highestMinor] = [Math.min(a.lowestMinor, b.lowestMinor), Math.max(a.highestMinor, b.highestMinor)];
  return { ...a, lowestMinor, highestMinor };
}

const keyOf = (side: ConflictSide): string => `${side.what} ${sideName(side)}`;
