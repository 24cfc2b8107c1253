import type { Meter } from '../limits.ts';

/** 100 credits per five minutes and account, over all tokens; costs are decimal (W:API_V2.0). */
export const WINDOW_MS = 300_000;

/** A window begins with the first call after the one before has ended. Counted in tenths: decimals do not add up. */
export class CreditWindow implements Meter {
  readonly windowMs = WINDOW_MS;
  #since = -Infinity;
  #used = 0;
  #highest = 0;
  refused = 0;

  constructor(public limit: number) {}

  get highest(): number {
    return this.#highest / 10;
  }

  hasRoom(now: number, cost: number): boolean {
    return this.#usedBy(now) + tenths(cost) <= tenths(this.limit);
  }

  take(now: number, cost: number): void {
    if (this.#usedBy(now) === 0 && now >= this.#since + WINDOW_MS) this.#since = now;
    this.#used = this.#usedBy(now) + tenths(cost);
    this.#highest = Math.max(this.#highest, this.#used);
  }

  /** For a call that turned out to cost nothing. */
  giveBack(cost: number): void {
    this.#used = Math.max(0, this.#used - tenths(cost));
  }

  remaining(now: number): number {
    return (tenths(this.limit) - this.#usedBy(now)) / 10;
  }

  resetsInSeconds(now: number): number {
    return Math.max(0, Math.ceil((this.#since + WINDOW_MS - now) / 1000));
  }

  freeAt(now: number): number {
    return Math.max(now, this.#since + WINDOW_MS);
  }

  #usedBy(now: number): number {
    if (now >= this.#since + WINDOW_MS) this.#used = 0;
    return this.#used;
  }
}

const tenths = (credits: number): number => Math.round(credits * 10);
