/**
 * Sends at a set rate: when the next may go. Whoever was held up (a pause of the machine, a burst of live work) makes good a second's worth,
 * which few at a time hold back anyhow, and no more: a rate is a promise.
 */
export type Pace = { everyMs: number; nextMs: number };

const MADE_GOOD_MS = 1_000;

export const paceOf = (perSecond: number, nowMs: number): Pace => ({ everyMs: 1_000 / perSecond, nextMs: nowMs });

/** How long to wait before this one, and the pace after it. */
export function turn(pace: Pace, nowMs: number): { waitMs: number; pace: Pace } {
  const atMs = Math.max(pace.nextMs, nowMs - MADE_GOOD_MS);
  return { waitMs: Math.max(0, atMs - nowMs), pace: { ...pace, nextMs: atMs + pace.everyMs } };
}
