import type { Redis } from 'ioredis';
import type { Evidence } from './core/disagreement.ts';
import { keysOf } from './keys.ts';

/** Nobody has added to it for so long, s: it would not count any more. */
const FORGOTTEN_AFTER_S = 2 * 86_400;

/** What reads said against records, by connection. Lost with Redis, it is found again by the next reads; so nothing here is atomic. */
export class EvidenceStore {
  constructor(private readonly redis: Redis) {}

  async of(tenant: string, connection: string, name: string): Promise<Evidence | undefined> {
    const found = await this.redis.hget(keysOf(tenant).evidence(connection), name);
    return found ? (JSON.parse(found) as Evidence) : undefined;
  }

  async all(tenant: string, connection: string): Promise<Map<string, Evidence>> {
    const found = await this.redis.hgetall(keysOf(tenant).evidence(connection));
    return new Map(Object.entries(found).map(([name, each]) => [name, JSON.parse(each) as Evidence]));
  }

  async keep(tenant: string, connection: string, name: string, evidence: Evidence): Promise<void> {
    const key = keysOf(tenant).evidence(connection);
    await this.redis.multi().hset(key, name, JSON.stringify(evidence)).expire(key, FORGOTTEN_AFTER_S).exec();
  }

  async drop(tenant: string, connection: string, names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.redis.hdel(keysOf(tenant).evidence(connection), ...names);
  }
}
