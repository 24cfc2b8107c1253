import type { SinkAnswer, SinkRequest } from '@roomwire/testkit';
import { StrictCounter } from './strict-counter.ts';

const US = 1_000;
/** Prices in thousandths of a credit: from the first, by as much as the second more. */
const [CHEAPEST, SPREAD] = [1_000, 900];

type Kept = { limit: number; windowMs: number };

/** A provider that counts strictly, by address and by account, and that knows which buckets were ever used. */
export class ProviderAccount {
  /** Arrivals of all calls, ms of this process' clock. */
  readonly arrivals: number[] = [];
  private readonly first = new Set<string>();
  private readonly counters = new Map<string, { counter: StrictCounter; most: number }>();
  private readonly periods = new Map<string, { ends: number; left: number }>();

  constructor(private readonly limits: { egress?: Kept; account?: Kept; credits?: Kept }) {}

  /** `/first/<bucket>`: 200 once for each; `/call/<account>`: counted. */
  readonly answer = ({ path }: SinkRequest): SinkAnswer => {
    const [, what, name] = path.split('/') as [string, string, string];
    if (what === 'first') return { status: this.first.has(name) ? 409 : (this.first.add(name), 200) };
    const now = performance.now();
    this.arrivals.push(now);
    const { egress, account, credits } = this.limits;
    if (egress) this.count('egress', egress.limit, egress.windowMs, now, 1);
    if (account) this.count(`account-${name}`, account.limit, account.windowMs, now, 1);
    return { status: 200, ...(credits ? { headers: this.charge(name, credits, now) } : {}) };
  };

  /** Calls, or thousandths of credits, by which any window of any bucket was too full. */
  get over(): number {
    return Math.max(0, ...[...this.counters.values()].map(({ counter, most }) => counter.peak - most));
  }

  /** Between two instants, ms of this process' clock. */
  share(bucket: string, fromMs: number, toMs: number): number {
    const { counter, most } = this.counters.get(bucket)!;
    return counter.share(most, fromMs * US, toMs * US);
  }

  private count(bucket: string, most: number, windowMs: number, now: number, weight: number): void {
    const kept = this.counters.get(bucket) ?? { counter: new StrictCounter(windowMs * US), most };
    this.counters.set(bucket, kept);
    kept.counter.arrived(now * US, weight);
  }

  /** Beds24's way: windows one after the other, which begin with a call; what a call cost is said in its answer. */
  private charge(account: string, { limit, windowMs }: Kept, now: number): Record<string, string> {
    const before = this.periods.get(account);
    const period = before && before.ends > now ? before : { ends: now + windowMs, left: limit * 1_000 };
    this.periods.set(account, period);
    const price = CHEAPEST + ((this.arrivals.length * 389) % SPREAD);
    period.left -= price;
    this.count(`credits-${account}`, limit * 1_000, windowMs, now, price);
    const said = { cost: price / 1_000, remaining: Math.max(0, period.left) / 1_000, resetsInMs: Math.ceil(period.ends - now) };
    return Object.fromEntries(Object.entries(said).map(([name, value]) => [name, String(value)]));
  }
}
