/** Longer than any lag of reads that the knob allows (1 h). */
const KEPT_MS = 2 * 3_600_000;

/** One object through time: what it was, until when. Null = it is not there. */
export class Versions<T> {
  #states: { at: number; value: T | null }[] = [];

  constructor(at: number, value: T) {
    this.set(at, value);
  }

  get current(): T | null {
    return this.#states.at(-1)!.value;
  }

  set(at: number, value: T | null): void {
    const first = this.#states.findLastIndex((state) => state.at <= at - KEPT_MS);
    if (first > 0) this.#states.splice(0, first);
    this.#states.push({ at, value });
  }

  /** What it was the last time that it was there. */
  last(instant: number): T | null {
    return this.#states.findLast(({ at, value }) => at <= instant && value !== null)?.value ?? null;
  }

  /** As a replica shows it that is behind: null also for what did not exist yet. */
  asOf(instant: number): T | null {
    return this.#states.findLast(({ at }) => at <= instant)?.value ?? null;
  }
}
