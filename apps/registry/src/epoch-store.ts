import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { keysOf } from './keys.ts';
import { scriptsOf, type Scripts } from './redis-scripts.ts';
import type { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';

/** Which memory of a tenant Redis holds: the key is written last by a rebuild, so that its absence means "unknown". */
export class EpochStore {
  private readonly scripts: Scripts;

  constructor(
    private readonly redis: Redis,
    private readonly memory: Memory,
  ) {
    this.scripts = scriptsOf(redis);
  }

  /** True: Redis' memory is whole, and this process now goes by it. False: it has to be rebuilt first. */
  async adopt(tenant: string): Promise<boolean> {
    const keys = keysOf(tenant);
    const [epoch, counter] = await this.redis.mget(keys.epoch, keys.counter);
    const known = this.memory.of(tenant);
    if (epoch && epoch === known.epoch && Number(counter ?? 0) < known.counter) {
      // The same memory, but further back than we have seen it: restored from a snapshot.
      await this.scripts.dropEpoch(keys.epoch, epoch);
      return false;
    }
    if (!epoch) return false;
    this.memory.adopt(tenant, epoch, Number(counter ?? 0));
    return true;
  }

  /** Said after a read: what was found, and what was not, is of a memory that is whole. @throws {Rewound} */
  async requireWhole(tenant: string): Promise<void> {
    const keys = keysOf(tenant);
    const [epoch, counter] = await this.redis.mget(keys.epoch, keys.counter);
    const known = this.memory.of(tenant);
    if (epoch !== known.epoch || Number(counter ?? 0) < known.counter) throw new Rewound(tenant);
    this.memory.saw(tenant, Number(counter));
  }

  /** Ends a rebuild. Of two replicas that rebuilt at once the first names the memory. */
  async begin(tenant: string): Promise<void> {
    this.memory.forget(tenant);
    await this.redis.set(keysOf(tenant).epoch, randomUUID(), 'NX');
    await this.adopt(tenant);
  }
}
