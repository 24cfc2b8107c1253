import { ledgerKeys } from '@roomwire/jetstream';
import { keysOf } from './keys.ts';
import type { Redis } from './redis-scripts.ts';

const BATCH = 1_000;

/** A tenant's memory as a whole. */
export class MemoryStore {
  constructor(private readonly redis: Redis) {}

  /** Removes every key of the tenant, of services' ledgers too. Answers how many there were. */
  async empty(tenant: string): Promise<number> {
    let removed = 0;
    for (const pattern of [keysOf(tenant).all, ledgerKeys(tenant)])
      for (let cursor = '0', isOver = false; !isOver; isOver = cursor === '0') {
        const [next, keys] = await this.redis.scan(cursor, 'MATCH', pattern, 'COUNT', BATCH);
        if (keys.length > 0) removed += await this.redis.unlink(...keys);
        cursor = next;
      }
    return removed;
  }
}
