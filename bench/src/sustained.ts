import { measure, type Measured } from './measure.ts';
import { highestSustained, type Found } from './search.ts';
import type { Running } from './target.ts';

/** The floor reaches this here, or what is compared with it says nothing of the fleet. Per second. */
export const FLOOR_REACHES = 2_500;
const FLOOR_TRIES = 3;
const P99_MAX_MS = 1_000;
/** An overloaded system may take this long to work off what it was sent. */
const DRAIN_MS = 60_000;

const FULL_SECONDS = 60;
/** What a burst of the machine's leaves under way at the end of a short probe. */
const BACKLOG_SECONDS_MIN = 0.5;

/**
 * All arrived, 99 of 100 within a second, and at the end of 60 s no more was under way than comes in a second. What grows in a shorter
 * time would have grown on: of that, so much less may be under way.
 */
export function isSustained({ p99, backlog, rate, seconds, refused, missing }: Judged): boolean {
  const backlogSeconds = Math.min(1, Math.max(BACKLOG_SECONDS_MIN, seconds / FULL_SECONDS));
  return p99 <= P99_MAX_MS && backlog <= rate * backlogSeconds && refused === 0 && missing === 0;
}

type Judged = Pick<Measured, 'p99' | 'backlog' | 'rate' | 'seconds' | 'refused' | 'missing'>;

type Telling = { signal?: AbortSignal; say: (line: string) => void };

/** Whether `rate` is sustained for so many seconds, and what was measured. */
async function reaches(
  running: Running,
  rate: number,
  seconds: number,
  { signal, say }: Telling,
): Promise<Measured & { sustained: boolean }> {
  const measured = await measure({ running, rate, seconds, signal, drainMs: DRAIN_MS });
  const { p99, backlog } = measured;
  const sustained = isSustained(measured);
  say(
    `${running.name}: ${rate}/s for ${seconds} s: ${sustained ? 'sustained' : 'too much'} (p99 ${p99.toFixed(0)} ms, ${backlog} under way)`,
  );
  return { ...measured, sustained };
}

/** Once in {@link FLOOR_TRIES}: what is asked is what this machine can do, not whether another process used it for a second. */
export async function floorReaches(floor: Running, { seconds, ...telling }: Telling & { seconds: number }): Promise<boolean> {
  for (let attempt = 0; attempt < FLOOR_TRIES; attempt++)
    if ((await reaches(floor, FLOOR_REACHES, seconds, telling)).sustained) return true;
  return false;
}

export type Sustained = Found & { /** The probe that confirmed it. */ measured: Measured | undefined };

export type SustainedOptions = Telling & { probeSeconds: number; confirmSeconds: number };

export async function highestOf(
  running: Running,
  { probeSeconds, confirmSeconds, ...telling }: SustainedOptions,
): Promise<Sustained> {
  let measured: Measured | undefined;
  const found = await highestSustained(
    async (rate, seconds) => {
      const probed = await reaches(running, rate, seconds, telling);
      measured = probed;
      return probed.sustained;
    },
    { from: 500, ceiling: 16_000, resolution: 0.05, probeSeconds, confirmSeconds },
  );
  return { ...found, measured: found.rate > 0 ? measured : undefined };
}
