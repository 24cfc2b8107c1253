import type { PmsErrorCode } from '@roomwire/pms-port';

/** Like a verdict of the transport, which a core does not know. */
export type Decision =
  | { kind: 'retry'; reason: string; afterMs?: number }
  /** `parked`: or until the connection is active again. `restMs`: the next ones would have to wait as well. */
  | { kind: 'defer'; reason: string; afterMs: number; parked?: true; restMs?: number }
  | { kind: 'reject'; reason: string; detail?: string };

export type Next =
  | { kind: 'end'; decision: Decision }
  /** An answer of the provider's after all: there is no such entity. */
  | { kind: 'answer'; status: number }
  /** Report the lease; then try once more with another (`repeat`), or give up. */
  | { kind: 'report'; repeat: boolean; decision: Decision };

export const RATE_LIMITED_MS = 10_000;
/** A parked job looks again so often: what it waits for is repaired by a person. Where the connection shows that, it waits no longer. */
export const PARKED_MS = 60_000;
const SOON_MS = 1_000;

type Failure = {
  code: PmsErrorCode;
  status?: number | undefined;
  retryAfterMs?: number | undefined;
  message: string;
  retryable: boolean;
};

/** What a failed call leads to. By code, never by text. `repeated`: this was the second try, with a fresh token. */
export function afterFailure(failure: Failure, repeated: boolean): Next {
  const { code, status, retryAfterMs } = failure;
  if (code === 'credential-expired')
    return { kind: 'report', repeat: !repeated, decision: { kind: 'defer', reason: code, afterMs: SOON_MS } };
  if (code === 'rate-limited') return end({ kind: 'defer', reason: code, afterMs: retryAfterMs ?? RATE_LIMITED_MS });
  if (code === 'not-found') return { kind: 'answer', status: status ?? 404 };
  if (failure.retryable)
    return end({ kind: 'retry', reason: code, ...(retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }) });
  return end({ kind: 'reject', reason: code, detail: failure.message });
}

/** Whether the provider is known to have counted the call by now. After a timeout it may still: the slot is kept to its deadline. */
export function isCounted(failure: { code: PmsErrorCode }): boolean {
  return failure.code !== 'timeout' && failure.code !== 'network';
}

/** The vault's refusals. Only what no waiting can change is a dead letter. */
export function afterVault(error: { code: string; retryAfterMs?: number | undefined; message: string }): Decision {
  const reason = `vault-${error.code}`;
  if (error.code === 'not-allowed') return { kind: 'reject', reason, detail: error.message };
  if (error.code === 'lapsed') return { kind: 'defer', reason, afterMs: PARKED_MS, parked: true };
  // Of these a connection's status says nothing.
  const unrepaired = error.code === 'no-secret' || error.code === 'unknown-connection';
  return { kind: 'defer', reason, afterMs: unrepaired ? PARKED_MS : Math.max(SOON_MS, error.retryAfterMs ?? 0) };
}

function end(decision: Decision): Next {
  return { kind: 'end', decision };
}
