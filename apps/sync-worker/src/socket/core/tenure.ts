import type { SocketState } from '@roomwire/events';
import { sightAt, type Sight } from '../../core/sight.ts';

/** Whoever has a socket says so this often, ms. */
export const RENEW_MS = 5_000;
/** Who has not said so for so long has it no more, ms. Two who have one socket for a moment harm nobody: hints are read once. */
export const TENURE_MS = 15_000;

/** It stands where it was renewed last. */
export function sightOf(before: Sight | undefined, { holder, renewedAt }: SocketState, elapsed: number): Sight {
  return sightAt(before, `${holder}:${renewedAt}`, elapsed);
}

/** Whether a socket may be had that is in somebody else's name. */
export function isFree({ holder }: SocketState, sight: Sight, elapsed: number): boolean {
  return holder === null || elapsed - sight.since >= TENURE_MS;
}

const LEAST_MS = 1_000;
const MOST_MS = 60_000;
/** A socket that has held for so long was no failure, ms. */
export const STEADY_MS = 60_000;

/** Before the next try after so many failures in a row; half of it is chance, so that a restarted provider is not stormed. */
export function backoffMs(failures: number, random: () => number): number {
  const most = Math.min(MOST_MS, LEAST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(most * (0.5 + 0.5 * random()));
}
