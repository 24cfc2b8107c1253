import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  withinMs?: number;
  everyMs?: number;
}

/**
 * Runs an assertion until it holds and answers what it answered; when it does not in time, fails with its last failure. For what
 * has no event to wait for; where there is one (a line, a message, a request), wait for that.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { withinMs = 5_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= deadline) throw late(withinMs, error);
    }
    await pause(everyMs);
  }
}

/** Waits until `ms` have gone by since then: for where time itself is what is waited for (an outage's length, a limit). */
export async function elapsed(ms: number, since = performance.now()): Promise<void> {
  const left = () => since + ms - performance.now();
  while (left() > 0) await pause(Math.ceil(left()));
}

function late(withinMs: number, error: unknown): Error {
  const last = error instanceof Error ? error.message : String(error);
  return new Error(`not within ${withinMs} ms: ${last}`, { cause: error });
}
