/**
 * The instants of an open loop, fixed before the first is sent: what the system does changes none of them, so that a system that
 * stalls is charged for all that should have been sent meanwhile. Milliseconds on the clock of `startMs`.
 */
export class Schedule {
  readonly startMs: number;
  readonly rate: number;
  readonly count: number;

  constructor({ startMs, rate, seconds }: { startMs: number; /** Per second. */ rate: number; seconds: number }) {
    this.startMs = startMs;
    this.rate = rate;
    this.count = Math.floor(rate * seconds);
  }

  /** When the i-th (from 0) is due. */
  at(index: number): number {
    return this.startMs + (index * 1000) / this.rate;
  }

  /** How many are due by then: the index of the first that is not. */
  dueBy(nowMs: number): number {
    if (nowMs < this.startMs) return 0;
    return Math.min(this.count, Math.floor(((nowMs - this.startMs) * this.rate) / 1000) + 1);
  }

  /** One interval after the last is due. */
  get endMs(): number {
    return this.at(this.count);
  }
}
