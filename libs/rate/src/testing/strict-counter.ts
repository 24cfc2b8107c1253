/** A provider's own count of calls: of any window whatever, closed at both ends. */
export class StrictCounter {
  private readonly arrivals: number[] = [];

  constructor(private readonly windowUs: number) {}

  arrived(at: number): void {
    this.arrivals.push(at);
  }

  /** Most arrivals in any window. */
  get peak(): number {
    const sorted = this.arrivals.toSorted((a, b) => a - b);
    let [peak, from] = [0, 0];
    sorted.forEach((at, to) => {
      while (at - sorted[from]! > this.windowUs) from++;
      peak = Math.max(peak, to - from + 1);
    });
    return peak;
  }
}
