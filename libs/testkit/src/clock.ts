/** A Monday at noon, UTC, far from midnight and from a change of the clocks. */
const DEFAULT_START = Date.UTC(2027, 0, 11, 12);

/** A clock that stands still until the test moves it. */
export function testClock(startMs: number = DEFAULT_START): TestClock {
  return new TestClock(startMs);
}

export class TestClock {
  #nowMs: number;
  #waiting: { at: number; wake: () => void }[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** Epoch milliseconds. Bound, so that it can be handed in as `now`. */
  readonly now = (): number => this.#nowMs;

  /** Resolves when the clock has been moved that far: for code that takes its `sleep` as an argument. */
  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      if (ms <= 0) wake();
      else this.#waiting.push({ at: this.#nowMs + ms, wake });
    });

  /** Who sleeps, as milliseconds from now, the next first. */
  get sleepers(): number[] {
    return this.#waiting.map(({ at }) => at - this.#nowMs).sort((a, b) => a - b);
  }

  /** Moves on, waking each sleeper at its own instant, and lets what they do settle before the next. */
  async advance(ms: number): Promise<void> {
    const target = this.#nowMs + ms;
    for (;;) {
      const next = this.#waiting.filter(({ at }) => at <= target).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#waiting = this.#waiting.filter((sleeper) => sleeper !== next);
      this.#nowMs = next.at;
      next.wake();
      await new Promise(setImmediate);
    }
    this.#nowMs = target;
  }

  /** Jumps, also backwards, as a wall clock may; wakes nobody. */
  set(ms: number): void {
    this.#nowMs = ms;
  }
}
