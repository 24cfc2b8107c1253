/** Instants of one reply: of Redis' clock (µs) when the script ran, and of this process' monotonic clock (ms) before and after. */
export type Reply = { redisUs: number; askedMs: number; repliedMs: number };

/** Clocks that run freely differ by less. */
const DRIFT = 0.001;
const SLACK_MS = 20;

/**
 * Whether Redis' clock went further between two replies than time can have: then calls were taken for older than they are. A reply
 * that was long on its way allows for more, so nobody is blamed for a slow network.
 */
export function leapt(before: Reply, after: Reply): boolean {
  const most = after.repliedMs - before.askedMs;
  return (after.redisUs - before.redisUs) / 1_000 > most * (1 + DRIFT) + SLACK_MS;
}
