import { redisServer, type RedisServer } from '@roomwire/testkit';
import { Redis } from 'ioredis';
import { redisLedger } from './redis-ledger.ts';
import { ledgerConformance } from './testing/ledger-conformance.ts';

describe('redisLedger', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await redisServer();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  ledgerConformance(async () => {
    await redis.flushall();
    return redisLedger(redis);
  });

  it('what it remembers of a message goes by itself', async () => {
    const ledger = redisLedger(redis);
    await ledger.gaveVerdict('t1', 'WORK_t1', 1, 1, true);
    await ledger.started('t1', 'WORK_t1', 2);
    await ledger.gaveBack('t1', 'WORK_t1', 3);
    const left = await Promise.all((await redis.keys('*:message:*')).map((key) => redis.ttl(key)));
    expect(left).toHaveLength(3);
    expect(Math.min(...left)).toBeGreaterThan(0);
  });

  it('an error of Redis is told, not swallowed', async () => {
    await redis.set('rwj:{t1}:message:WORK_t1:1', 'not a hash');
    await expect(redisLedger(redis).gaveVerdict('t1', 'WORK_t1', 1, 1, true)).rejects.toThrow(/WRONGTYPE/);
    await expect(redisLedger(redis).started('t1', 'WORK_t1', 1)).rejects.toThrow(/WRONGTYPE/);
  });
});
