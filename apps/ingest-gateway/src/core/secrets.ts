import type { WebhookSecret } from '@roomwire/pms-port';

/** What was last heard from the vault about one connection. Times in milliseconds of one clock. */
export type Known = { secrets: readonly WebhookSecret[]; askedAt: number; validForMs: number };

/**
 * `fresh`: the vault vouches for them. `stale`: it no longer does, and they may be used only while it cannot be asked.
 * `none`: unknown, and unknown is not "forged".
 */
export type Standing = 'fresh' | 'stale' | 'none';

export function standingOf(known: Known | undefined, now: number, staleMsMax: number): Standing {
  if (!known) return 'none';
  const age = now - known.askedAt;
  if (age < known.validForMs) return 'fresh';
  return age < staleMsMax ? 'stale' : 'none';
}
