import type { PmsErrorCode, TokenGrant } from '@roomwire/pms-port';
import { z } from 'zod';
import type { VaultEntry } from './entry.ts';

/** What is sealed as a token. Epoch ms. From `renewAt` on a new one is asked for; `usableFrom` is later than the grant at Hostaway. */
export const token = z.strictObject({
  accessToken: z.string().min(1),
  expiresAt: z.int(),
  renewAt: z.int(),
  usableFrom: z.int(),
});
export type Token = z.infer<typeof token>;

/** Replicas read `usableFrom` by clocks that may differ by so much. */
export const CLOCK_SKEW_MS = 250;
/** A token is renewed between once and twice this before its end: by a tenth of its life, at most by five minutes. */
const MARGIN_MS_MAX = 300_000;
const MARGIN_SHARE = 0.1;
/** While no new token is to be had, the old one is handed out up to so long before its end. */
const LAST_USE_MS = 20_000;
/** A token refused so soon after it took the place of a refused one: it is not the token that is refused. */
export const FRESH_MS = 60_000;
const TRANSIENT_FIRST_MS = 1_000;
const TRANSIENT_MAX_MS = 60_000;
const LAPSED_FIRST_MS = 60_000;
const LAPSED_MAX_MS = 3_600_000;

export type LeaseDecision =
  | { kind: 'usable'; validForMs: number }
  /** Usable after that; it is the token as it is now that will be. */
  | { kind: 'wait'; ms: number; validForMs: number }
  | { kind: 'grant' }
  | { kind: 'refused'; code: 'no-secret' | 'lapsed' | 'provider-refused'; retryAfterMs: number | undefined };

/** `held`: the opened token, undefined where the entry has none. */
export function decideLease(entry: VaultEntry | undefined, held: Token | undefined, now: number): LeaseDecision {
  if (!entry?.credentials) return { kind: 'refused', code: 'no-secret', retryAfterMs: undefined };
  if (held && now < held.renewAt) return useOf(held, now);
  if (now >= entry.coolUntil) return { kind: 'grant' };
  if (held && held.expiresAt - now >= LAST_USE_MS) return useOf(held, now);
  return { kind: 'refused', code: entry.state === 'lapsed' ? 'lapsed' : 'provider-refused', retryAfterMs: entry.coolUntil - now };
}

function useOf(held: Token, now: number): LeaseDecision {
  const ms = held.usableFrom - now;
  return ms > 0
    ? { kind: 'wait', ms, validForMs: held.expiresAt - now - ms }
    : { kind: 'usable', validForMs: held.expiresAt - now };
}

export type ReportDecision = 'ignore' | 'renew' | 'lapse' | 'discard';

/** Only a report of the current lease counts, and only that its token is refused. */
export function decideReport(
  entry: VaultEntry | undefined,
  report: { lease: number; code: string },
  now: number,
): ReportDecision {
  if (!entry?.token || report.code !== 'credential-expired' || report.lease !== entry.lease) return 'ignore';
  if (entry.renewedByReport && now - entry.grantedAt < FRESH_MS) return 'lapse';
  return now < entry.coolUntil ? 'discard' : 'renew';
}

/** `before` and `after`: the clock before the request was sent and after its answer had come. The pessimistic one is taken for each. */
export function tokenOf(grant: TokenGrant, before: number, after: number, random: number): Token {
  const margin = Math.min(grant.expiresInMs * MARGIN_SHARE, MARGIN_MS_MAX) * (1 + random);
  const expiresAt = Math.floor(before + grant.expiresInMs);
  return {
    accessToken: grant.accessToken,
    expiresAt,
    renewAt: Math.floor(expiresAt - margin),
    usableFrom: grant.usableAfterMs > 0 ? Math.ceil(after + grant.usableAfterMs) + CLOCK_SKEW_MS : 0,
  };
}

export function granted(entry: VaultEntry, sealedToken: string, now: number, byReport: boolean): VaultEntry {
  const owes = entry.state === 'lapsed' ? 'token-restored' : entry.owes;
  const lease = entry.lease + 1;
  return {
    ...entry,
    token: sealedToken,
    lease,
    grantedAt: now,
    renewedByReport: byReport,
    state: 'active',
    failures: 0,
    coolUntil: 0,
    owes,
  };
}

/** New credentials may be tried at once. A lapse is over only when the provider has accepted them. */
export function replaced(entry: VaultEntry, sealedCredentials: string): VaultEntry {
  return { ...entry, credentials: sealedCredentials, token: null, failures: 0, coolUntil: 0 };
}

/** Codes of the token endpoint that no repetition will change. */
const FINAL: ReadonlySet<PmsErrorCode> = new Set<PmsErrorCode>([
  'credential-rejected',
  'credential-expired',
  'forbidden',
  'invalid-request',
]);

/** `random` in [0, 1) spreads the cool-down by ±10 %. After a report the held token is worth nothing either. */
export function refused(
  entry: VaultEntry,
  failure: { code: PmsErrorCode; retryAfterMs?: number | undefined },
  now: number,
  random: number,
  byReport: boolean,
): VaultEntry {
  if (FINAL.has(failure.code)) return lapsed(entry, now, random);
  const coolMs = Math.max(backoffMs(entry.failures, TRANSIENT_FIRST_MS, TRANSIENT_MAX_MS, random), failure.retryAfterMs ?? 0);
  return { ...entry, token: byReport ? null : entry.token, failures: entry.failures + 1, coolUntil: Math.ceil(now + coolMs) };
}

/** A lapse is never silent, and a dead credential is never hammered: it is tried again after a minute, then ever more seldom. */
export function lapsed(entry: VaultEntry, now: number, random: number): VaultEntry {
  const before = entry.state === 'lapsed' ? entry.failures : 0;
  const coolMs = backoffMs(before, LAPSED_FIRST_MS, LAPSED_MAX_MS, random);
  const owes = entry.state === 'active' ? 'token-lapsed' : entry.owes;
  return { ...entry, state: 'lapsed', token: null, failures: before + 1, coolUntil: Math.ceil(now + coolMs), owes };
}

function backoffMs(failures: number, firstMs: number, maxMs: number, random: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures, 30), maxMs) * (0.9 + random * 0.2);
}
