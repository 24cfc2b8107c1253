import type { Redis } from 'ioredis';

/** Evicting a record would be forgetting a fact without noticing: refuses any policy but `noeviction`. Unknown (no CONFIG right) passes. */
export async function requireNoEviction(redis: Redis): Promise<void> {
  const info = await redis.info('memory');
  const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
  if (policy && policy !== 'noeviction')
    throw new Error(`redis has maxmemory-policy ${policy}: set it to noeviction, the registry's memory must not be evicted`);
}
