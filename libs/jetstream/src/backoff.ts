export type RetryPolicy = {
  /** Tries in all before a `retry` becomes a dead letter. */
  attemptsMax: number;
  firstMs: number;
  delayMaxMs: number;
  /** Longer waits are stored copies; by default {@link NAK_DELAY_MAX_MS}. */
  nakDelayMaxMs?: number;
};

/** Longer waits leave the consumer: a delayed nak stays in `max_ack_pending` and would starve healthy neighbours (trap 26). */
export const NAK_DELAY_MAX_MS = 30_000;

/** 1: 0.5 s, 2: 1 s, 3: 2 s, … 8 and on: 60 s; about 3 minutes over 10 attempts. */
export const DEFAULT_RETRY: RetryPolicy = { attemptsMax: 10, firstMs: 500, delayMaxMs: 60_000 };

/** Delay after the `attempt`-th try (from 1): doubles, bounded, spread by ±10 % so that what failed together does not come back together. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: number): number {
  const plain = policy.firstMs * 2 ** Math.min(attempt - 1, 30);
  return Math.round(Math.min(plain, policy.delayMaxMs) * (0.9 + 0.2 * random));
}
