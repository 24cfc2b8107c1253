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

  get total(): number {
    return this.arrivals.reduce((sum, { weight }) => sum + weight, 0);
  }
}
