/** Time as the shell needs it; a test hands in one that it moves itself. */
export type Clock = {
  /** Epoch milliseconds. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
};

/** Its timers keep no process alive: what is still to be retried must not hold up the end. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((wake) => void setTimeout(wake, ms).unref()),
};

/**
 * One that was so far behind when it began, ms, and runs so many times as fast until it has caught up: an hour of a provider's time in
 * some minutes, without a stamp that lies ahead of everybody else's.
 */
export function catchingUp({ behindMs, speed }: { behindMs: number; speed: number }, real: Clock = systemClock): Clock {
  const begun = real.now();
  const now = (): number => Math.min(real.now(), begun - behindMs + (real.now() - begun) * speed);
  return { now, sleep: (ms) => real.sleep(now() < real.now() ? ms / speed : ms) };
}
