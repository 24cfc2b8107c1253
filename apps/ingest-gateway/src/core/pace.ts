const SECOND_MS = 1_000;

/** At most so many in a second that begins with the first of them. `now` of a clock that only counts on, ms. */
export class Pace {
  private since = -SECOND_MS;
  private count = 0;

  constructor(private readonly perSecond: number) {}

  take(now: number): boolean {
    if (now - this.since >= SECOND_MS) [this.since, this.count] = [now, 0];
    return ++this.count <= this.perSecond;
  }
}
