import type { Measured } from './measure.ts';
import { ratioOf, type AtRate } from './rounds.ts';
import { FLOOR_REACHES } from './sustained.ts';

/** ARCHITECTURE.md §12, the first phase. */
export const TARGETS = { throughputMin: 0.6, p99TimesMax: 4 };

export type Figures = {
  /** Each target at each rate. */
  latency: AtRate[];
  /** The highest rate that each sustained, per second. */
  sustained: { floor?: number; fleet?: number };
  /** Whether the floor sustained {@link FLOOR_REACHES}; undefined: nobody looked. */
  floorReached: boolean | undefined;
};

export type Verdict = { outcome: 'met' | 'missed' | 'inconclusive' | 'not compared'; reasons: string[] };

const p99 = (measured: Measured): number => measured.p99;

export const pairAt = (latency: readonly AtRate[], rate: number): { floor: AtRate; fleet: AtRate } | undefined => {
  const of = (target: AtRate['target']) => latency.find((each) => each.rate === rate && each.target === target);
  const [floor, fleet] = [of('floor'), of('fleet')];
  return floor && fleet && { floor, fleet };
};

export const ratesOf = (latency: readonly AtRate[]): number[] => [...new Set(latency.map(({ rate }) => rate))];

/** A floor that was too slow proves nothing in either direction: neither a miss nor, above all, a success. */
export function verdictOf({ latency, sustained, floorReached }: Figures): Verdict {
  const misses: string[] = [];
  const { floor, fleet } = sustained;
  if (floor !== undefined && fleet !== undefined && fleet / floor < TARGETS.throughputMin)
    misses.push(`throughput is ${(fleet / floor).toFixed(2)} of the floor's; ${TARGETS.throughputMin} is the target`);
  const pairs = ratesOf(latency).flatMap((rate) => pairAt(latency, rate) ?? []);
  for (const pair of pairs) {
    const times = ratioOf(pair.floor, pair.fleet, p99);
    // Where nothing arrived there is no ratio, and that is no success.
    if (!(times <= TARGETS.p99TimesMax))
      misses.push(`p99 at ${pair.fleet.rate}/s is ${times.toFixed(1)} times the floor's; ${TARGETS.p99TimesMax} is the target`);
  }
  if (pairs.length === 0 && (floor === undefined || fleet === undefined)) return { outcome: 'not compared', reasons: [] };
  if (!floorReached)
    return {
      outcome: 'inconclusive',
      reasons: [`the floor itself did not sustain ${FLOOR_REACHES}/s here: this machine, now, cannot tell`, ...misses],
    };
  return { outcome: misses.length > 0 ? 'missed' : 'met', reasons: misses };
}
