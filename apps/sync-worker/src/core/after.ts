import { RATE_LIMITED_MS, type PmsErrorCode } from '@roomwire/pms-port';

/** Like a verdict of the transport, which a core does not know. */
export type Decision =
  | { kind: 'retry'; reason: string; afterMs?: number }
  /** `parked`: or until the connection is active again. `restMs`: the next ones would have to wait as well. */
  | { kind: 'defer'; reason: string; afterMs: number; parked?: true; restMs?: number }
  | { kind: 'reject'; reason: string; detail?: string }
  | { kind: 'drop'; reason: string };

export type Next =
  | { kind: 'end'; decision: Decision }
  /** An answer of the provider's after all: there is no such entity. */
  | { kind: 'answer'; status: number }
  /** Report the lease; then try once more with another (`repeat`), or go by what became of it. */
  | { kind: 'report'; repeat: boolean };

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
  if (code === 'credential-expired') return { kind: 'report', repeat: !repeated };
  if (code === 'rate-limited') return end({ kind: 'defer', reason: code, afterMs: retryAfterMs ?? RATE_LIMITED_MS });
  if (code === 'not-found') return { kind: 'answer', status: status ?? 404 };
  if (failure.retryable)
    return end({ kind: 'retry', reason: code, ...(retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }) });
  return end({ kind: 'reject', reason: code, detail: failure.message });
}

/**
 * A second lease was refused too. Where the provider accepts it elsewhere, it is this operation that is refused, and asking for it for
 * ever would help nobody: it counts, as does what nobody can say anything of.
 */
export function afterReport(outcome: 'renewed' | 'accepted' | 'lapsed' | 'unknown'): Decision {
  if (outcome === 'lapsed') return afterVault({ code: 'lapsed', message: '' });
  return { kind: 'retry', reason: outcome === 'accepted' ? 'operation-refused' : 'credential-expired' };
}

/**
 * Whether it says that the provider, or the way to it, is down. What it answers with another status (a request that is wrong or too
 * heavy, a failure told under a success) is about the request, and a 429 is the permits' business.
 */
export function isDown({ code, status }: Pick<Failure, 'code' | 'status'>): boolean {
  return (code === 'provider-error' || code === 'timeout' || code === 'network') && (status === undefined || status >= 500);
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
