import { LEASE_CACHE_MS_MAX, LEASE_MARGIN_MS, type Lease, type Whose } from './vault-client.ts';

type Held = { lease: Lease; keepUntil: number };

/** Leases of a process: one request at a time for each connection, and none while the last one is good. `now` is epoch ms. */
export class LeaseCache {
  private readonly held = new Map<string, Held>();
  private readonly asking = new Map<string, Promise<Lease>>();
  private readonly forgotten = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  get(whose: Whose, ask: () => Promise<Lease>): Promise<Lease> {
    const key = keyOf(whose);
    const held = this.held.get(key);
    if (held && this.now() < held.keepUntil) return Promise.resolve(held.lease);
    const asking = this.asking.get(key) ?? this.ask(key, ask);
    return asking;
  }

  /** That lease and older ones are worth nothing any more. An answer that is still on its way may be one of them: it is not kept. */
  forget(whose: Whose, lease: number): void {
    const key = keyOf(whose);
    const held = this.held.get(key);
    this.forgotten.set(key, Math.max(lease, this.newestForgotten(whose)));
    if (held && held.lease.lease <= lease) this.held.delete(key);
    this.asking.delete(key);
  }

  /** Only what is later than that is of use; 0: nothing was forgotten yet. */
  newestForgotten(whose: Whose): number {
    return this.forgotten.get(keyOf(whose)) ?? 0;
  }

  private ask(key: string, ask: () => Promise<Lease>): Promise<Lease> {
    const asking = ask().then(
      (lease) => {
        if (this.asking.get(key) === asking) this.keep(key, lease);
        return lease;
      },
      (error: unknown) => {
        if (this.asking.get(key) === asking) this.asking.delete(key);
        throw error;
      },
    );
    this.asking.set(key, asking);
    return asking;
  }

  private keep(key: string, lease: Lease): void {
    this.asking.delete(key);
    this.held.set(key, { lease, keepUntil: Math.min(lease.expiresAt - LEASE_MARGIN_MS, this.now() + LEASE_CACHE_MS_MAX) });
  }
}

const keyOf = ({ tenant, connection }: Whose): string => `${tenant}/${connection}`;
