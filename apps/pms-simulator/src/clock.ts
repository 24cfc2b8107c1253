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
