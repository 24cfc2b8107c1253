import type { VaultEntry } from './entry.ts';

/** A lease after a lapse that nobody has reported for so long is a good one, ms. */
export const TRIAL_MS = 60_000;

/**
 * Where the provider gives tokens, or has nothing to give, and then refuses what they prove, only use can tell whether a lapse is
 * over. So the lease after it is on trial: it is handed out, the lapse stands, and the first report of it is the next lapse.
 */
export function hasPassedTrial(entry: VaultEntry, now: number): boolean {
  return entry.state === 'lapsed' && entry.token !== null && now - entry.grantedAt >= TRIAL_MS;
}
