import { backoffMs, NAK_DELAY_MAX_MS, type RetryPolicy } from './backoff.ts';
import type { Verdict } from './verdict.ts';

/** What is done with a message. `later`: a stored copy waits, the original is acked. `dead`: a stored dead letter, then the end. */
export type Settlement =
  | { kind: 'ack' }
  | { kind: 'nak'; delayMs: number }
  | { kind: 'later'; delayMs: number; parkedFor?: string }
  | { kind: 'dead'; reason: string; detail?: string; pointer?: string };

/** (verdict, attempt from 1, policy, random in [0, 1)) → settlement. The only place that decides it. */
export function settle(verdict: Verdict, attempt: number, policy: RetryPolicy, random: number): Settlement {
  switch (verdict.kind) {
    case 'done':
    case 'drop':
      return { kind: 'ack' };
    case 'reject':
      return {
        ...{ kind: 'dead', reason: verdict.reason },
        ...(verdict.detail === undefined ? {} : { detail: verdict.detail }),
        ...(verdict.pointer === undefined ? {} : { pointer: verdict.pointer }),
      };
    case 'defer':
      return {
        ...{ kind: 'later', delayMs: Math.max(0, verdict.afterMs) },
        ...(verdict.parkedFor === undefined ? {} : { parkedFor: verdict.parkedFor }),
      };
    case 'retry': {
      if (attempt >= policy.attemptsMax) return { kind: 'dead', reason: 'exhausted', detail: verdict.reason };
      const delayMs = Math.max(0, verdict.afterMs ?? backoffMs(attempt, policy, random));
      return delayMs > (policy.nakDelayMaxMs ?? NAK_DELAY_MAX_MS) ? { kind: 'later', delayMs } : { kind: 'nak', delayMs };
    }
  }
}
