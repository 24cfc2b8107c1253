import type { VaultEntry } from './entry.ts';

/** How a connection's credentials stand, for a person. `in-doubt`: a rotating refresh token was sent and no answer is known. */
export const STANDINGS = ['no-credentials', 'lapsed', 'in-doubt', 'cooling-down', 'ok'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What stands in the entry alone, whatever the time: so that its beginning can be kept with it. The worst of what is true. */
export function standingOf(entry: VaultEntry): Standing {
  if (!entry.credentials) return 'no-credentials';
  if (entry.state === 'lapsed') return 'lapsed';
  if (entry.unsure) return 'in-doubt';
  return entry.failures > 0 ? 'cooling-down' : 'ok';
}

/** `next`, which takes the place of `before` at `now`, and since when it stands as it does. */
export function stamped(before: VaultEntry, next: VaultEntry, now: number): VaultEntry {
  const isSame = standingOf(before) === standingOf(next);
  return { ...next, since: isSame ? before.since : now };
}

/** In codes only: the cause of a lapse, and what the last request for a token was answered. */
export function whyOf({ cause, failure }: VaultEntry): string | null {
  return [cause, failure].filter(Boolean).join(': ') || null;
}
