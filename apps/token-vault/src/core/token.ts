import type { PmsErrorCode, TokenGrant } from '@roomwire/pms-port';
import { z } from 'zod';
import type { LapseCause, VaultEntry } from './entry.ts';
import { stamped } from './standing.ts';

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
  /** `meanwhile`: what to hand out should that take long. */
  | { kind: 'grant'; meanwhile: { validForMs: number } | undefined }
  /** Another replica is asking. */
  | { kind: 'settling' }
  | { kind: 'refused'; code: 'no-secret' | 'lapsed' | 'provider-refused'; retryAfterMs: number | undefined };

/** `held`: the opened token, undefined where the entry has none. `settling`: another replica's intent stands. */
export function decideLease(
  entry: VaultEntry | undefined,
  held: Token | undefined,
  now: number,
  settling: boolean,
): LeaseDecision {
  if (!entry?.credentials) return { kind: 'refused', code: 'no-secret', retryAfterMs: undefined };
  const good = entry.intent?.byReport ? undefined : held;
  if (good && now < good.renewAt) return useOf(good, now);
  const last = good && good.expiresAt - now >= LAST_USE_MS && now >= good.usableFrom ? good : undefined;
  if (now >= entry.coolUntil && !settling) return { kind: 'grant', meanwhile: last && { validForMs: last.expiresAt - now } };
  if (last) return useOf(last, now);
  if (settling) return { kind: 'settling' };
  return { kind: 'refused', code: entry.state === 'lapsed' ? 'lapsed' : 'provider-refused', retryAfterMs: entry.coolUntil - now };
}

function useOf(held: Token, now: number): LeaseDecision {
  const ms = held.usableFrom - now;
  return ms > 0
    ? { kind: 'wait', ms, validForMs: held.expiresAt - now - ms }
    : { kind: 'usable', validForMs: held.expiresAt - now };
}

export type ReportDecision = 'ignore' | 'renew' | 'probe' | 'discard';

/** `isRenewable`: there are tokens to be asked for. `isVouchedFor`: the provider has accepted this very lease before. */
export type Reported = { isRenewable: boolean; isVouchedFor: boolean };

/** Only a report of the current lease counts, and only that its token is refused. What another token will not help is probed. */
export function decideReport(
  entry: VaultEntry | undefined,
  report: { lease: number; code: string },
  now: number,
  { isRenewable, isVouchedFor }: Reported,
): ReportDecision {
  if (!entry?.token || report.code !== 'credential-expired' || report.lease !== entry.lease) return 'ignore';
  if (!isRenewable || isVouchedFor || !mayRenew(entry, now)) return 'probe';
  return now < entry.coolUntil ? 'discard' : 'renew';
}

/** Whether another token may help: not where this one has just taken the place of a refused one. */
export function mayRenew(entry: VaultEntry, now: number): boolean {
  return entry.state === 'active' && !(entry.renewedByReport && now - entry.grantedAt < FRESH_MS);
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

const STANDING_MS = 3_650 * 86_400_000;

/** For credentials that no token is asked for with: what stands for one has no end. */
export function standing(now: number): Token {
  const expiresAt = now + STANDING_MS;
  return { accessToken: 'none', expiresAt, renewAt: expiresAt, usableFrom: 0 };
}

/** What an answer brought, sealed. `credentials`: those that take the place of the stored ones, where it brought any. */
export type Granted = { token: string; credentials?: string };

export function granted(entry: VaultEntry, brought: Granted, now: number, byReport: boolean): VaultEntry {
  const next: VaultEntry = {
    ...entry,
    token: brought.token,
    ...(brought.credentials ? { credentials: brought.credentials, generation: entry.generation + 1 } : {}),
    lease: entry.lease + 1,
    grantedAt: now,
    renewedByReport: byReport,
    coolUntil: 0,
    failure: null,
    usedAt: now,
    intent: null,
    unsure: false,
  };
  return entry.cause === 'lease-refused' ? next : stamped(entry, restored(next, now), now);
}

/** The end of a lapse, where there was one. */
export function restored(entry: VaultEntry, now: number): VaultEntry {
  const owes = entry.state === 'lapsed' ? 'token-restored' : entry.owes;
  return stamped(entry, { ...entry, state: 'active', cause: null, failures: 0, owes }, now);
}

/** New credentials may be tried at once. A lapse is over only when the provider has accepted them. */
export function replaced(entry: VaultEntry, sealedCredentials: string, now: number): VaultEntry {
  const cause = entry.state === 'lapsed' ? 'refused' : null;
  const anew = { credentials: sealedCredentials, generation: entry.generation + 1, token: null, intent: null, unsure: false };
  return stamped(entry, { ...entry, ...anew, cause, failures: 0, coolUntil: 0, failure: null, usedAt: now }, now);
}

/** Codes of the token endpoint that no repetition will change. */
const FINAL: ReadonlySet<PmsErrorCode> = new Set<PmsErrorCode>([
  'credential-rejected',
  'credential-expired',
  'forbidden',
  'invalid-request',
]);

export const isFinal = (code: string): boolean => (FINAL as ReadonlySet<string>).has(code);

/** Codes after which nobody knows whether the provider did what it was asked. */
const UNKNOWN: ReadonlySet<PmsErrorCode> = new Set<PmsErrorCode>(['timeout', 'network', 'provider-error', 'malformed-answer']);

export type Failure = { code: PmsErrorCode; retryAfterMs?: number | undefined };

/**
 * `random` in [0, 1) spreads the cool-down by ±10 %. After a report the held token is worth nothing either. `rotates`: the refresh
 * token that was sent may be dead although no new one came: it is tried once more, and a refusal then says that it was lost.
 */
export function refused(
  asked: VaultEntry,
  failure: Failure,
  now: number,
  random: number,
  { byReport, rotates }: { byReport: boolean; rotates: boolean },
): VaultEntry {
  const unsure = asked.unsure || (rotates && UNKNOWN.has(failure.code));
  const entry = { ...asked, intent: null, unsure, failure: failure.code };
  if (isFinal(failure.code)) return lapsed(entry, now, random, asked.unsure ? 'answer-lost' : 'refused');
  const coolMs = Math.max(backoffMs(entry.failures, TRANSIENT_FIRST_MS, TRANSIENT_MAX_MS, random), failure.retryAfterMs ?? 0);
  const token = byReport ? null : entry.token;
  return stamped(asked, { ...entry, token, failures: entry.failures + 1, coolUntil: Math.ceil(now + coolMs) }, now);
}

/** A lapse is never silent, and a dead credential is never hammered: it is tried again after a minute, then ever more seldom. */
export function lapsed(entry: VaultEntry, now: number, random: number, cause: LapseCause): VaultEntry {
  const before = entry.state === 'lapsed' ? entry.failures : 0;
  const coolMs = backoffMs(before, LAPSED_FIRST_MS, LAPSED_MAX_MS, random);
  const owes = entry.state === 'active' ? 'token-lapsed' : entry.owes;
  const coolUntil = Math.ceil(now + coolMs);
  const next: VaultEntry = {
    ...entry,
    state: 'lapsed',
    cause,
    unsure: false,
    token: null,
    failures: before + 1,
    coolUntil,
    owes,
  };
  return stamped(entry, next, now);
}

function backoffMs(failures: number, firstMs: number, maxMs: number, random: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures, 30), maxMs) * (0.9 + random * 0.2);
}
