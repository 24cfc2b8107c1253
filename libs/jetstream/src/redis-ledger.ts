import type { Redis } from 'ioredis';
import { dueOfSorted, type Ledger } from './ledger.ts';

/** Far longer than any message lives between two deliveries; what it leaves behind goes by itself. */
const REMEMBER_SECONDS = 7 * 86_400;
/** First member of a due index that has been filled. In the index itself: they are lost together, and one command reads both. */
const FILLED = 'filled';

/** Every key of a tenant, as a pattern of Redis. */
export const ledgerKeys = (tenant: string): string => `rwj:{${tenant}}:*`;

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
    due: async (tenant, stage, nowMs, limit) => {
      const [first, , ...rest] = await redis.zrange(dueKey(tenant, stage), 0, String(limit + 1), 'WITHSCORES');
      if (first !== FILLED) return undefined;
      const waiting = rest.flatMap((seq, i) => (i % 2 === 0 ? [[Number(seq), Number(rest[i + 1])] as const] : []));
      return dueOfSorted(waiting, nowMs, limit);
    },
    removeDue: async (tenant, stage, seq) => void (await redis.zrem(dueKey(tenant, stage), seq)),
    setIndexed: async (tenant, stage) => void (await redis.zadd(dueKey(tenant, stage), '-inf', FILLED)),
  };
}
