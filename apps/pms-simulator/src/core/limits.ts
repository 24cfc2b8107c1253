/** D:index.html.md, "Rate limits": both hold at once. */
export const WINDOW_MS = 10_000;
export const CALLS_PER_ADDRESS = 15;
export const CALLS_PER_ACCOUNT = 20;

/**
 * Accounts for every call rather than for buckets, so that no window of 10 s, wherever it begins, holds more than the limit. The
 * window is closed (a call exactly 10 s old still counts): instants are whole milliseconds, and a witness must not err to the
 * generous side. A refused call takes no place (what Hostaway does: NOT FOUND), or who keeps hammering would never get in again.
 */
export class SlidingWindow {
  #taken: number[] = [];
  /** The most that any window has held. */
  highest = 0;
  refused = 0;

  constructor(readonly limit: number) {}

  hasRoom(now: number): boolean {
    this.#taken = this.#taken.filter((at) => at >= now - WINDOW_MS);
    return this.#taken.length < this.limit;
  }

  take(now: number): void {
    this.#taken.push(now);
    this.highest = Math.max(this.highest, this.#taken.length);
  }
}

/** A call takes its place in all of its windows or in none. Each full one counts a violation. */
export function admitCall(windows: readonly SlidingWindow[], now: number): boolean {
  const full = windows.filter((window) => !window.hasRoom(now));
  if (full.length === 0) windows.forEach((window) => window.take(now));
  full.forEach((window) => (window.refused += 1));
  return full.length === 0;
}
