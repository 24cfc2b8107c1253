/** A provider's own count of calls, or of what they cost: of any window whatever, closed at both ends. */
export class StrictCounter {
  private readonly arrivals: { at: number; weight: number }[] = [];

  constructor(private readonly windowUs: number) {}

  arrived(at: number, weight = 1): void {
    this.arrivals.push({ at, weight });
  }

  /** Most in any window. */
  get peak(): number {
    const sorted = this.arrivals.toSorted((a, b) => a.at - b.at);
    let [peak, from, held] = [0, 0, 0];
    for (const { at, weight } of sorted) {
      held += weight;
      while (at - sorted[from]!.at > this.windowUs) held -= sorted[from++]!.weight;
      peak = Math.max(peak, held);
    }
    return peak;
  }

  /** The part of `limit` per window that was used between two instants: from the mean time in which a limit's worth arrives. */
  share(limit: number, from: number, to: number): number {
    const sorted = this.arrivals.filter(({ at }) => at >= from && at <= to).toSorted((a, b) => a.at - b.at);
    const times: number[] = [];
    let [held, end] = [0, 0];
    for (const { at, weight } of sorted) {
      while (end < sorted.length && held < limit) held += sorted[end++]!.weight;
      if (held < limit || end === sorted.length) break;
      times.push(sorted[end]!.at - at);
      held -= weight;
    }
    return this.windowUs / (times.reduce((sum, time) => sum + time, 0) / times.length);
  }
}
