/** How long each thing stood other than it is, looked at from outside again and again. */
export class Astray {
  private readonly since = new Map<string, number>();
  private readonly ended: number[] = [];

  /** `differences`: `<kind> <entity> …`, one of each that differs. `at`: monotonic, ms. */
  seen(differences: readonly string[], at: number): void {
    const now = new Set(differences.map((line) => line.split(' ').slice(0, 2).join(' ')));
    for (const [entity, since] of this.since)
      if (!now.has(entity)) {
        this.ended.push(at - since);
        this.since.delete(entity);
      }
    for (const entity of now) if (!this.since.has(entity)) this.since.set(entity, at);
  }

  get longestMs(): number {
    return this.since.size > 0 ? Infinity : Math.max(0, ...this.ended);
  }

  /** `speed`: how many times as fast as ours the providers' clock runs. */
  line(speed: number): string {
    const sorted = this.ended.toSorted((one, other) => one - other);
    const minutes = (share: number): string =>
      (((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * speed) / 60_000).toFixed(1);
    const still = this.since.size > 0 ? `, ${this.since.size} still do: ${[...this.since.keys()].slice(0, 5).join(', ')}` : '';
    return `${sorted.length} stood otherwise for p50 ${minutes(0.5)}, p99 ${minutes(0.99)}, longest ${minutes(1)} of the provider’s minutes${still}`;
  }
}
