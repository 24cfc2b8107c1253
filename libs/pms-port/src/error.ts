import type { Usage } from './usage.ts';

/**
 * The closed set of what can go wrong at a provider. Callers act upon the code, never upon the message.
 * `retry`: worth another try by itself. docs/errors.md lists them and a spec compares both ways.
 */
export const PMS_ERROR_CODES = {
  'credential-expired': { retry: true, meaning: 'the access token is no longer accepted: renew it once and repeat' },
  'credential-rejected': { retry: false, meaning: 'the credentials themselves are refused: a person must act' },
  'rate-limited': { retry: true, meaning: 'the provider counts too many calls' },
  'not-found': { retry: false, meaning: 'the entity does not exist at the provider' },
  forbidden: { retry: false, meaning: 'understood and refused: a business rule, a locked record' },
  'invalid-request': { retry: false, meaning: 'the provider finds our request wrong' },
  'provider-error': { retry: true, meaning: 'the provider failed' },
  timeout: { retry: true, meaning: 'no answer before the deadline' },
  network: { retry: true, meaning: 'no connection, or it broke' },
  'malformed-answer': { retry: false, meaning: 'an answer that is not what the provider documents' },
} as const satisfies Record<string, { retry: boolean; meaning: string }>;
export type PmsErrorCode = keyof typeof PMS_ERROR_CODES;

export class PmsError extends Error {
  override readonly name = 'PmsError';
  readonly code: PmsErrorCode;
  readonly provider: string;
  readonly operation: string;
  /** Status of the answer, where there was one. */
  readonly status: number | undefined;
  /** The provider asked for this pause. */
  readonly retryAfterMs: number | undefined;
  /** What the answer's headers told of the provider's account of our calls. */
  readonly usage: Usage;

  constructor(
    code: PmsErrorCode,
    facts: { provider: string; operation: string } & {
      status?: number;
      retryAfterMs?: number;
      detail?: string;
      usage?: Usage;
      cause?: unknown;
    },
  ) {
    const more = [
      facts.status && `status ${facts.status}`,
      facts.retryAfterMs && `retry after ${facts.retryAfterMs} ms`,
      facts.detail,
    ];
    super([`${facts.provider} ${facts.operation}: ${code}`, ...more.filter(Boolean)].join(', '), { cause: facts.cause });
    this.code = code;
    this.provider = facts.provider;
    this.operation = facts.operation;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.usage = facts.usage ?? {};
  }

  get retryable(): boolean {
    return PMS_ERROR_CODES[this.code].retry;
  }
}

/** Whether the provider is known to have counted the call by now. After a timeout it may still: the slot is kept to its deadline. */
export function isCounted(failure: { code: PmsErrorCode }): boolean {
  return failure.code !== 'timeout' && failure.code !== 'network';
}

/** A 429 without `Retry-After` keeps everybody off for so long, ms. */
export const RATE_LIMITED_MS = 10_000;
