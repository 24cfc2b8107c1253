import { TransientMap } from '@roomwire/collections';

/** How many requests of each tenant are in hand: one tenant's flood must leave room for the others. */
export class InFlight {
  private readonly counts = new TransientMap<string, number>();

  constructor(private readonly perTenantMax: number) {}

  /** What is to be called when the request is over; undefined: there is no room. */
  enter(tenant: string): (() => void) | undefined {
    const count = this.counts.get(tenant) ?? 0;
    if (count >= this.perTenantMax) return undefined;
    this.counts.set(tenant, count + 1);
    return () => this.leave(tenant);
  }

  private leave(tenant: string): void {
    const count = this.counts.get(tenant)! - 1;
    if (count > 0) this.counts.set(tenant, count);
    else this.counts.delete(tenant);
  }
}
