import { erasureKey, type Erasure, type Tenant } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import { tenantOfKey } from './catalogue.ts';
import type { Memory } from './memory.ts';
import type { MemoryStore } from './memory-store.ts';

/**
 * Empties Redis of a tenant that `roomwire tenant erase` is erasing: the command knows NATS only. By level: an asking that nobody has
 * answered is found by whichever replica looks next, and answered with what it removed; the command asks until nothing was left.
 */
export class Eraser {
  constructor(
    private readonly tenants: Pick<KvTable<Tenant>, 'fromLeader'>,
    private readonly erasures: Pick<KvTable<Erasure>, 'entries' | 'entryFromLeader' | 'update'>,
    private readonly memory: Memory,
    private readonly store: Pick<MemoryStore, 'empty'>,
    private readonly log: Log,
  ) {}

  async sweep(): Promise<void> {
    for (const [key, { removed }] of this.erasures.entries()) {
      if (removed !== null) continue;
      const tenant = tenantOfKey(key);
      await this.answer(tenant).catch((error: unknown) => this.log.warn({ tenant, err: error }, 'erasing: will try again'));
    }
  }

  private async answer(tenant: string): Promise<void> {
    const asked = await this.erasures.entryFromLeader(erasureKey(tenant));
    if (!asked?.value || asked.value.removed !== null) return;
    // Somebody made it again, or asks for what was never begun: its memory is not ours to take.
    if (await this.tenants.fromLeader(tenant)) return;
    this.memory.forget(tenant);
    const removed = await this.store.empty(tenant);
    await this.erasures.update(erasureKey(tenant), { ...asked.value, removed }, asked.seq);
    this.log.warn({ tenant, removed }, 'erased: redis holds nothing of this tenant');
  }
}
