import { eventually, redisServer, type RedisServer } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { memoryLedger } from './memory-ledger.ts';
import { redisLedger } from './redis-ledger.ts';
import { StrategyBench, type Handle } from './testing/strategy-bench.ts';
import { done, park } from './verdict.ts';

const JOBS = 1_000;
/** Far beyond what a spec waits: what runs was swept. */
const PARKED_MS = 600_000;
const PATIENCE_MS = 30_000;

describe('messages that are parked for something', () => {
  let bench: StrategyBench;
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    [bench, server] = await Promise.all([StrategyBench.start(), redisServer()]);
    redis = new Redis(server.url);
  });
  afterEach(() => bench.stopAll());
  afterAll(async () => {
    redis.disconnect();
    await bench[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function world() {
    const tenant = await bench.tenant();
    const shut = new Set(['lapsed']);
    const ran: string[] = [];
    const handle: Handle = ({ subject }) => {
      if (subject.family !== 'fetch') throw new Error('no job');
      if (shut.has(subject.connection)) return park('vault-lapsed', PARKED_MS, subject.connection);
      ran.push(`${subject.connection}/${subject.entity}`);
      return done;
    };
    const serve = (ledger = redisLedger(redis), isOpen = (_tenant: string, name: string) => !shut.has(name)) =>
      bench.serve({ 'fetch-hostaway-live': handle }, { ledger, isOpen });
    const job = (connection: string, entity: string) =>
      bench.bus.publish(
        { tenant, family: 'fetch', lane: 'live', provider: 'hostaway', connection, kind: 'reservation', entity },
        {},
        { id: randomUUID() },
      );
    const jobs = (connection: string, count: number) =>
      Promise.all(Array.from({ length: count }, (_, n) => job(connection, `${n}`)));
    const allParked = (count: number) =>
      eventually(async () => expect([await bench.left('FETCH', tenant), await bench.left('WORK', tenant)]).toEqual([0, count]), {
        withinMs: PATIENCE_MS,
      });
    return { tenant, shut, ran, serve, job, jobs, allParked };
  }

  it(
    'wait beside others’ work, a thousand of them, and all run when it opens, each once',
    async () => {
      const { tenant, shut, ran, serve, job, jobs, allParked } = await world();
      serve();
      await jobs('lapsed', JOBS);
      await job('healthy', 'first');
      await eventually(() => expect(ran).toEqual(['healthy/first']), { withinMs: PATIENCE_MS });
      await allParked(JOBS);
      await job('healthy', 'second');
      await eventually(() => expect(ran).toEqual(['healthy/first', 'healthy/second']), { withinMs: PATIENCE_MS });

      shut.delete('lapsed');

      await eventually(() => expect(ran).toHaveLength(JOBS + 2), { withinMs: PATIENCE_MS });
      expect(new Set(ran).size).toBe(JOBS + 2);
      await eventually(async () => expect(await bench.left('WORK', tenant)).toBe(0));
      expect(await redis.zcard(`rwj:{${tenant}}:parked:fetch-hostaway-live:lapsed`)).toBe(0);
    },
    PATIENCE_MS * 4,
  );

  it(
    'go on although nobody looked while it opened, and the index was lost with Redis',
    async () => {
      const { tenant, shut, ran, serve, jobs, allParked } = await world();
      const first = serve();
      await jobs('lapsed', 20);
      await allParked(20);
      await bench.stop(first);
      shut.delete('lapsed');
      await redis.flushall();
      serve();
      await eventually(() => expect(ran).toHaveLength(20), { withinMs: PATIENCE_MS });
      await eventually(async () => expect(await bench.left('WORK', tenant)).toBe(0));
    },
    PATIENCE_MS * 3,
  );

  it(
    'stay where they are for as long as it is shut, and are not taken round and round where it only seems open',
    async () => {
      const { shut, serve, jobs, allParked, ran } = await world();
      let askedAt = 0;
      const seemsOpen = (): boolean => ((askedAt ||= Date.now()), true);
      serve(memoryLedger(), seemsOpen);
      const before = Date.now();
      await jobs('lapsed', 5);
      await allParked(5);
      await eventually(() => expect(askedAt).toBeGreaterThan(0), { withinMs: PATIENCE_MS });
      expect(askedAt - before).toBeGreaterThanOrEqual(5_000);
      expect(ran).toEqual([]);
      shut.delete('lapsed');
      await eventually(() => expect(ran).toHaveLength(5), { withinMs: PATIENCE_MS });
    },
    PATIENCE_MS * 3,
  );
});
