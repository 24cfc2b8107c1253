import type { ChainableCommander, Redis } from 'ioredis';
import { dueOfSorted, type Ledger } from './ledger.ts';

/** Far longer than any message lives between two deliveries; what it leaves behind goes by itself. */
const REMEMBER_SECONDS = 7 * 86_400;
/** What one look makes due of one name; the next look goes on. */
const UNPARKED_MAX = 1_000;
/** First member of a due index that has been filled. In the index itself: they are lost together, and one command reads both. */
const FILLED = 'filled';

/** Every key of a tenant, as a pattern of Redis. */
export const ledgerKeys = (tenant: string): string => `rwj:{${tenant}}:*`;

export function redisLedger(redis: Redis): Ledger {
  const message = (tenant: string, stream: string, seq: number): string => `rwj:{${tenant}}:message:${stream}:${seq}`;
  const dueKey = (tenant: string, stage: string): string => `rwj:{${tenant}}:due:${stage}`;
  /** Seq → since when. A name stays among the names when nothing is left of it: there are as many as connections. */
  const parkedKey = (tenant: string, stage: string, name: string): string => `rwj:{${tenant}}:parked:${stage}:${name}`;
  const parkedNames = (tenant: string, stage: string): string => `rwj:{${tenant}}:parked:${stage}`;
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
      await all(both.expire(key, REMEMBER_SECONDS));
    },
    gaveBack: async (...at) => void (await raise(message(...at), 'ended')),
    started: (...at) => raise(message(...at), 'starts'),
    forget: async (...at) => void (await redis.del(message(...at))),
    addDue: async (tenant, stage, seq, dueMs, parked) => {
      const added = redis.multi().zadd(dueKey(tenant, stage), dueMs, seq);
      if (parked)
        added.zadd(parkedKey(tenant, stage, parked.for), parked.sinceMs, seq).sadd(parkedNames(tenant, stage), parked.for);
      await all(added);
    },
    due: async (tenant, stage, nowMs, limit) => {
      const [first, , ...rest] = await redis.zrange(dueKey(tenant, stage), 0, String(limit + 1), 'WITHSCORES');
      if (first !== FILLED) return undefined;
      const waiting = rest.flatMap((seq, i) => (i % 2 === 0 ? [[Number(seq), Number(rest[i + 1])] as const] : []));
      return dueOfSorted(waiting, nowMs, limit);
    },
    removeDue: async (tenant, stage, seq, parkedFor) => {
      const removed = redis.multi().zrem(dueKey(tenant, stage), seq);
      if (parkedFor !== undefined) removed.zrem(parkedKey(tenant, stage, parkedFor), seq);
      await all(removed);
    },
    unpark: async (tenant, stage, isOpen, { nowMs, sinceMs }) => {
      const names = await redis.smembers(parkedNames(tenant, stage));
      let count = 0;
      for (const name of names.filter(isOpen)) {
        const seqs = await redis.zrangebyscore(parkedKey(tenant, stage, name), '-inf', sinceMs, 'LIMIT', 0, UNPARKED_MAX);
        if (!seqs.length) continue;
        // Only what still waits: another replica may have published it meanwhile.
        const due = seqs.flatMap((seq) => [nowMs, seq]);
        const free = redis.multi().zadd(dueKey(tenant, stage), 'XX', 'CH', ...due);
        const [changed] = await all(free.zrem(parkedKey(tenant, stage, name), ...seqs));
        count += Number(changed);
      }
      return count;
    },
    setIndexed: async (tenant, stage) => void (await redis.zadd(dueKey(tenant, stage), '-inf', FILLED)),
  };
}

/** Their answers, in one transaction. */
async function all(commands: ChainableCommander): Promise<unknown[]> {
  const answers = await commands.exec();
  const failed = answers?.find(([error]) => error)?.[0];
  if (failed || !answers) throw failed ?? new Error('redis answered nothing');
  return answers.map(([, answer]) => answer);
}
