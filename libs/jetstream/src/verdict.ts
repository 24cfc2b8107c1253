import type { z } from 'zod';

/** What a handler thinks of a message. It has no other way to answer: a {@link Delivery} carries no ack. */
export type Verdict =
  /** Dealt with, effects stored. */
  | { kind: 'done' }
  /** May work later; counts as an attempt. `afterMs` when the other side said so. */
  | { kind: 'retry'; reason: string; afterMs?: number }
  /**
   * Not now, through no fault of the message (no permit, breaker open, connection parked): does not count. `parkedFor`: what it waits
   * for, by a name that the strategy's `isOpen` knows: as soon as that is open, it waits no longer. `restMs`: what comes next would have
   * to wait as well, so the consumer pulls nothing for so long: what is left in the stream needs no stored copy.
   */
  | { kind: 'defer'; reason: string; afterMs: number; parkedFor?: string; restMs?: number }
  /** Can never work: a dead letter, with the JSON pointer of the bad part where there is one. */
  | { kind: 'reject'; reason: string; detail?: string; pointer?: string }
  /** Rightly ignored (stale, echo); counted, not an error. */
  | { kind: 'drop'; reason: string };

export const done: Verdict = { kind: 'done' };
export const retry = (reason: string, afterMs?: number): Verdict => ({
  kind: 'retry',
  reason,
  ...(afterMs === undefined ? {} : { afterMs }),
});
export const defer = (reason: string, afterMs: number): Verdict => ({ kind: 'defer', reason, afterMs });
export const park = (reason: string, afterMs: number, parkedFor: string): Verdict => ({
  kind: 'defer',
  reason,
  afterMs,
  parkedFor,
});
export const reject = (reason: string, detail?: string, pointer?: string): Verdict => ({
  kind: 'reject',
  reason,
  ...(detail === undefined ? {} : { detail }),
  ...(pointer === undefined ? {} : { pointer }),
});
/** By the first thing that does not fit. */
export function rejectSchema({ issues: [issue] }: z.ZodError): Extract<Verdict, { kind: 'reject' }> {
  return { kind: 'reject', reason: 'schema', detail: issue!.message, pointer: `/${issue!.path.join('/')}` };
}
export const drop = (reason: string): Verdict => ({ kind: 'drop', reason });
