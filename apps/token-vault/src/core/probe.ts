import type { PmsErrorCode } from '@roomwire/pms-port';
import type { VaultEntry } from './entry.ts';

/** What the provider thinks of what requests are proven with. `unasked`: it has no call for that; `unknown`: it did not say. */
export type Opinion =
  { kind: 'accepted' | 'unasked' } | { kind: 'unknown' | 'refused'; code: PmsErrorCode; retryAfterMs?: number | undefined };

/**
 * A probe is what all working credentials may do. So whoever is understood and refused is refused with them; that our request is wrong
 * says nothing of them.
 */
const REFUSALS: ReadonlySet<PmsErrorCode> = new Set<PmsErrorCode>(['credential-expired', 'credential-rejected', 'forbidden']);

export function opinionOf({ code, retryAfterMs }: { code: PmsErrorCode; retryAfterMs?: number | undefined }): Opinion {
  return { kind: REFUSALS.has(code) ? 'refused' : 'unknown', code, retryAfterMs };
}

/** Like vault-client's. */
export type ReportOutcome = 'renewed' | 'accepted' | 'lapsed' | 'unknown';

/** What whoever reported a lease is told, by what is stored once everything is done. */
export function outcomeOf(entry: VaultEntry | undefined, lease: number, opinion?: Opinion): ReportOutcome {
  if (entry?.state === 'lapsed' && !entry.token) return 'lapsed';
  if (entry?.token && entry.lease > lease) return 'renewed';
  return opinion?.kind === 'accepted' ? 'accepted' : 'unknown';
}
