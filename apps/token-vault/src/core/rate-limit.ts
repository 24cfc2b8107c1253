/** Epoch or monotonic ms; `tokens` may be a fraction. */
type Bucket = { tokens: number; at: number };

/** A caller may ask `perSecond` times a second, and as often at once. Names that no service has share one bucket. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perSecond: number,
    private readonly known: ReadonlySet<string>,
  ) {}

  /** 0: it may. Else the ms after which it may ask again. */
  waitMs(caller: string, now: number): number {
    const name = this.known.has(caller) ? caller : '';
    const { tokens, at } = this.buckets.get(name) ?? { tokens: this.perSecond, at: now };
    const filled = Math.min(this.perSecond, tokens + (Math.max(0, now - at) / 1000) * this.perSecond);
    const may = filled >= 1;
    this.buckets.set(name, { tokens: may ? filled - 1 : filled, at: now });
    return may ? 0 : Math.ceil(((1 - filled) / this.perSecond) * 1000);
  }
}
