/** Between two rounds, ms. */
export type Pace = { leastMs: number; mostMs: number };

/** A list that is read whole costs all its pages each time: it is read so many times more seldom. */
const WHOLE_FACTOR = 10;

export function paceOf(pace: Pace, list: { changedSince: boolean }): Pace {
  const factor = list.changedSince ? 1 : WHOLE_FACTOR;
  return { leastMs: pace.leastMs * factor, mostMs: pace.mostMs * factor };
}

/** Sooner while things change, later while nothing does. */
export function nextEveryMs(everyMs: number, foundNews: boolean, { leastMs, mostMs }: Pace): number {
  const wanted = foundNews ? everyMs / 2 : everyMs * 1.5;
  return Math.round(Math.min(mostMs, Math.max(leastMs, wanted)));
}

/** So much of the time between two rounds is chance: whoever began together drifts apart. */
const SPREAD = 0.2;
const MINUTE_MS = 60_000;
/** Everybody else's clocks strike on the minute. */
const ROUND_MINUTE_MS = 2_000;

/** When the next round is due, epoch ms. `random` in [0, 1). */
export function dueAfter(now: number, everyMs: number, random: () => number): number {
  const due = Math.round(now + everyMs * (1 - SPREAD / 2 + SPREAD * random()));
  const past = due % MINUTE_MS;
  const isRound = past < ROUND_MINUTE_MS || past > MINUTE_MS - ROUND_MINUTE_MS;
  return isRound ? due + 2 * ROUND_MINUTE_MS + Math.round(random() * 20_000) : due;
}
