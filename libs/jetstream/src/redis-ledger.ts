import type { Redis } from 'ioredis';
import type { Ledger } from './ledger.ts';

/** Far longer than any message lives between two deliveries; what it leaves behind goes by itself. */
const REMEMBER_SECONDS = 7 * 86_400;

export function redisLedger(redis: Redis): Ledger {
  const message = (tenant: string, stream: string, seq: number): string => `rwj:{${tenant}}:message:${stream}:${seq}`;
  const dueKey = (tenant: string, stage: string): string => `rwj:{${tenant}}:due:${stage}`;
  const raise = async (key: string, field: string): Promise<number> => {
    const [[failed, count] = []] = (await redis.multi().hincrby(key, field, 1).expire(key, REMEMBER_SECONDS).exec()) ?? [];
    if (failed || count === undefined) throw failed ?? new Error('redis answered nothing');
    return Number(count);
  };
  return {
    remembered: async (...at) => {
      const [verdicts, ended, starts] = await redis.hmget(message(...at), 'verdicts', 'ended', 'starts');
      return { verdicts: Number(verdicts ?? 0), ended: Number(ended ?? 0), starts: Number(starts ?? 0) };
    },
    gaveVerdict: async (tenant, stream, seq, deliveries, counts) => {
      const key = message(tenant, stream, seq);
      const both = redis
        .multi()
        .hincrby(key, 'verdicts', counts ? 1 : 0)
        .hset(key, 'ended', deliveries, 'starts', 0);
      const answers = await both.expire(key, REMEMBER_SECONDS).exec();
      const failed = answers?.find(([error]) => error)?.[0];
      if (failed || !answers) throw failed ?? new Error('redis answered nothing');
    },
    gaveBack: async (...at) => void (await raise(message(...at), 'ended')),
    started: (...at) => raise(message(...at), 'starts'),
    forget: async (...at) => void (await redis.del(message(...at))),
    addDue: async (tenant, stage, seq, dueMs) => void (await redis.zadd(dueKey(tenant, stage), dueMs, seq)),
    due: async (tenant, stage, nowMs, limit) =>
      (await redis.zrangebyscore(dueKey(tenant, stage), '-inf', nowMs, 'LIMIT', 0, limit)).map(Number),
    removeDue: async (tenant, stage, seq) => void (await redis.zrem(dueKey(tenant, stage), seq)),
    isIndexed: async (tenant, stage) => (await redis.exists(`${dueKey(tenant, stage)}:indexed`)) === 1,
    setIndexed: async (tenant, stage) => void (await redis.set(`${dueKey(tenant, stage)}:indexed`, '1')),
  };
}
