import type { ReportOutcome, ToSign, VaultAnswer, VaultErrorCode, WebhookSecret } from './wire.ts';

export type Whose = { tenant: string; connection: string };

/**
 * What requests are proven with now: a token, the headers of one signed request, or fields for the body. `expiresAt`: epoch ms by
 * the caller's own clock. Like pms-port's `Proof`.
 */
export type Lease = LeaseOf<VaultAnswer<'lease'>>;
type LeaseOf<Answer> = Answer extends unknown ? Omit<Answer, 'validForMs'> & { expiresAt: number } : never;

/**
 * The only way to a secret. Every method throws {@link VaultError} and nothing else; none of its texts holds a secret.
 * What a caller may ask is decided by the vault: sync-worker `lease` and `report`, ingest-gateway `webhookSecrets`, operator `put…`.
 */
export interface VaultClient {
  /**
   * Cached until shortly before it expires, at most {@link LEASE_CACHE_MS_MAX}; concurrent callers share one request. Where the
   * provider's requests are signed, `toSign` says which: a signature is that request's alone.
   */
  lease(whose: Whose, toSign?: ToSign): Promise<Lease>;
  /**
   * The provider refused the token of this lease, with this PmsErrorCode. Only the current lease counts. Forgets the cached one, and
   * tells what became of it.
   */
  report(report: Whose & { lease: number; code: string }): Promise<ReportOutcome>;
  /** Current secret first. The caller may keep them for `validForMs` and must not use them longer. */
  webhookSecrets(whose: Whose): Promise<{ secrets: WebhookSecret[]; validForMs: number }>;
  /** Replaces them, and repairs a lapse. The fields must be those that the provider's adapter names. */
  putCredentials(put: Whose & { provider: string; credentials: Record<string, string> }): Promise<void>;
  /** The replaced secret stays good for an overlap, so that the provider can be told in the meantime. */
  putWebhookSecret(put: Whose & { secret: WebhookSecret }): Promise<void>;
}

/** A new credential is used everywhere within this time, whatever the old token's expiry. */
export const LEASE_CACHE_MS_MAX = 60_000;
/** A token that is nearer to its end than this is not handed out from the cache: a call and its deadline must fit. */
export const LEASE_MARGIN_MS = 30_000;

export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: VaultErrorCode,
    more: { detail?: string | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(more.detail ? `vault: ${code}: ${more.detail}` : `vault: ${code}`, { cause: more.cause });
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
  }
}
