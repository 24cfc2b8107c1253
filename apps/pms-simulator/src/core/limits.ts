/** What a provider counts of an account or an address, and how much of it it allows. */
export interface Meter {
  readonly limit: number;
  readonly windowMs: number;
  /** The most that any window has held. */
  readonly highest: number;
  /** Calls that found no room: violations. */
  refused: number;
  hasRoom(now: number, cost: number): boolean;
  take(now: number, cost: number): void;
  /** When the next call finds room. */
  freeAt(now: number): number;
}

/**
 * Accounts for every call rather than for buckets, so that no window, wherever it begins, holds more than the limit. The window is
 * closed (a call exactly as old as the window still counts): instants are whole milliseconds, and a witness must not err to the
 * generous side. A refused call takes no place (what the providers do: NOT FOUND), or who keeps hammering would never get in again.
 */
export class SlidingWindow implements Meter {
  #taken: number[] = [];
  highest = 0;
  refused = 0;

  constructor(
    readonly limit: number,
    readonly windowMs: number,
  ) {}

  /** How many calls the window holds that ends now. */
  held(now: number): number {
    this.#taken = this.#taken.filter((at) => at >= now - this.windowMs);
    return this.#taken.length;
  }

  freeAt(now: number): number {
    return this.held(now) < this.limit ? now : this.#taken[0]! + this.windowMs + 1;
  }

  hasRoom(now: number): boolean {
    return this.held(now) < this.limit;
  }

  take(now: number): void {
    this.#taken.push(now);
    this.highest = Math.max(this.highest, this.held(now));
  }
}

/** A call takes its place in all of its meters or in none. Each full one counts a violation. */
export function admitCall(meters: readonly Meter[], now: number, cost = 1): boolean {
  const full = meters.filter((meter) => !meter.hasRoom(now, cost));
  if (full.length === 0) meters.forEach((meter) => meter.take(now, cost));
  full.forEach((meter) => (meter.refused += 1));
  return full.length === 0;
}
