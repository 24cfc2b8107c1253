import { Redis } from 'ioredis';
import type { SeenRedis } from './core/doctor-findings.ts';

const ANSWER_MS = 3_000;

/** How a Redis stands. It is only looked at: what is in it is the services'. */
export async function lookAtRedis(url: string): Promise<SeenRedis | 'no answer'> {
  const redis = new Redis(url, {
    ...{ connectTimeout: ANSWER_MS, commandTimeout: ANSWER_MS, maxRetriesPerRequest: 0, lazyConnect: true },
    retryStrategy: () => null,
  });
  // Told by the command that fails.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const info = await redis.info();
    const asked = Date.now();
    const [seconds, micros] = await redis.time();
    const answered = Date.now();
    const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
    return {
      ...{ version: field('redis_version'), policy: field('maxmemory_policy'), appendOnly: field('aof_enabled') === '1' },
      ...{ usedBytes: Number(field('used_memory')), maxBytes: Number(field('maxmemory')) },
      rewriteFailed: field('aof_last_write_status') === 'err' || field('rdb_last_bgsave_status') === 'err',
      clock: { redis: Number(seconds) * 1000 + Number(micros) / 1000, asked, answered },
    };
  } catch {
    return 'no answer';
  } finally {
    redis.disconnect();
  }
}
