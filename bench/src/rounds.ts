import { median } from '@roomwire/testkit';
import { wayOf, type Way } from './hops.ts';
import { measureWithSamples, type Measured } from './measure.ts';
import type { Running } from './target.ts';

export type RoundOptions = { rate: number; seconds: number; rounds: number; signal?: AbortSignal; say: (line: string) => void };

/** What one target did at one rate. */
export type AtRate = { target: Running['name']; rate: number; rounds: Measured[]; /** Of the last round. */ way: Way };

/** Each target once in every round, in turn, so that what else the machine does falls on all of them alike. */
export async function measureInTurn(
  targets: readonly Running[],
  { rate, seconds, rounds, signal, say }: RoundOptions,
): Promise<AtRate[]> {
  const all = new Map<Running, { rounds: Measured[]; way?: Way }>(targets.map((target) => [target, { rounds: [] }]));
  for (let round = 0; round < rounds; round++)
    for (const running of round % 2 ? targets.toReversed() : targets) {
      const { seen, ...measured } = await measureWithSamples({ running, rate, seconds, signal });
      const own = all.get(running)!;
      own.rounds.push(measured);
      if (round === rounds - 1) own.way = await wayOf(running, seen);
      const { p50, p99, arrived, sent } = measured;
      say(
        `${rate}/s, round ${round + 1}: ${running.name}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${arrived} of ${sent}`,
      );
    }
  return [...all].map(([{ name }, { rounds: own, way }]) => ({ target: name, rate, rounds: own, way: way! }));
}

export const medianOf = (rounds: readonly Measured[], figure: (measured: Measured) => number): number =>
  median(rounds.map(figure));

/** Fleet by floor, round by round, and the median of that: a minute in which the machine was slow was slow for both. */
export function ratioOf(floor: AtRate, fleet: AtRate, figure: (measured: Measured) => number): number {
  return median(fleet.rounds.map((round, index) => figure(round) / figure(floor.rounds[index]!)));
}

export const cpuOf = ({ processes }: Measured): number => processes.reduce((sum, { cpuPercent }) => sum + cpuPercent, 0);
export const rssOf = ({ processes }: Measured): number => processes.reduce((sum, { rssMib }) => sum + rssMib, 0);
