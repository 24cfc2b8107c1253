import { rebuildKey, type RebuildWish, type Tenant } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import { tenantOfKey } from './catalogue.ts';
import type { EpochStore } from './epoch-store.ts';
import type { Gate } from './gate.ts';

/**
 * Fills the memory of a tenant from STATE once more, because an operator asks for it (`roomwire registry rebuild`): as after a loss, but
 * that nothing is taken away, so that what was applied and is not announced yet stays owed. By level, by one replica.
 */
export class Rebuilder {
  constructor(
    private readonly tenants: Pick<KvTable<Tenant>, 'get'>,
    private readonly asked: Pick<KvTable<RebuildWish>, 'entries' | 'entryFromLeader' | 'update'>,
    private readonly epochs: Pick<EpochStore, 'disown'>,
    private readonly gate: Pick<Gate, 'attach'>,
    private readonly log: Log,
  ) {}

  /** Does not wait for what it begins: the other tenants' debts are paid meanwhile. */
  async sweep(): Promise<void> {
    for (const [key, { state }] of this.asked.entries()) {
      const tenant = tenantOfKey(key);
      if (state !== 'asked' || this.tenants.get(tenant)?.status !== 'active') continue;
      const seq = await this.begin(tenant);
      if (seq !== undefined) void this.fill(tenant, seq).catch((error: unknown) => this.trouble(tenant, error));
    }
  }

  /** Undefined: another replica has it. */
  private async begin(tenant: string): Promise<number | undefined> {
    const held = await this.asked.entryFromLeader(rebuildKey(tenant));
    if (held?.value?.state !== 'asked') return undefined;
    return this.asked.update(rebuildKey(tenant), { ...held.value, state: 'begun' }, held.seq);
  }

  private async fill(tenant: string, seq: number): Promise<void> {
    this.log.warn({ tenant }, 'asked to fill redis from STATE once more');
    await this.epochs.disown(tenant);
    await this.gate.attach(tenant);
    const held = await this.asked.entryFromLeader(rebuildKey(tenant));
    if (held?.value && held.seq === seq) await this.asked.update(rebuildKey(tenant), { ...held.value, state: 'done' }, seq);
  }

  /** It is filled all the same, by whoever finds it unknown; whoever asked is not told. */
  private trouble(tenant: string, error: unknown): void {
    this.log.warn({ tenant, err: error }, 'rebuilding: not told that it is done');
  }
}
