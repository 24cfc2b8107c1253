import type { Clock } from './clock.ts';

/** Not woken more often than that; what is owed by then happens together. */
const SHORTEST_SLEEP_MS = 10;

/** Calls `step` so many times a second, and not at all at rate 0. */
export class StoryLoop {
  readonly #clock: Clock;
  readonly #step: () => void;
  #generation = 0;

  constructor(clock: Clock, step: () => void) {
    this.#clock = clock;
    this.#step = step;
  }

  setRate(perSecond: number): void {
    this.#generation += 1;
    if (perSecond > 0) void this.#run(this.#generation, perSecond);
  }

  stop(): void {
    this.setRate(0);
  }

  async #run(generation: number, perSecond: number): Promise<void> {
    const started = this.#clock.now();
    for (let told = 0; generation === this.#generation;) {
      await this.#clock.sleep(Math.max(SHORTEST_SLEEP_MS, 1000 / perSecond));
      const due = Math.floor(((this.#clock.now() - started) * perSecond) / 1000);
      for (; told < due && generation === this.#generation; told++) this.#step();
    }
  }
}
