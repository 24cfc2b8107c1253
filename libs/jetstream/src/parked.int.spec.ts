import { eventually, redisServer, type RedisServer } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { memoryLedger } from './memory-ledger.ts';
import { redisLedger } from './redis-ledger.ts';
import { StrategyBench, type Handle } from './testing/strategy-bench.ts';
import { done, park } from './verdict.ts';

/** `npm run lab:sync` has a thousand of them, on real workers. */
const JOBS = 300;
/** Far beyond what a spec waits: what runs was swept. */
const PARKED_MS = 600_000;
const PATIENCE_MS = 30_000;

describe('messages that are parked for something', () => {
  let server: RedisServer;
  /** The second is lost with all that it knows. */
  let [redis, lost]: Redis[] = [];
  /** Each is parked for seconds at least: all begin together, and the specs wait for theirs. */
  let stories: Record<'many' | 'nobodyLooked' | 'seemsOpen', Promise<void>>;
  beforeAll(async () => {
    server = await redisServer();
    [redis, lost] = [0, 1].map((db) => new Redis(server.url, { db }));
    stories = { many: many(), nobodyLooked: nobodyLooked(), seemsOpen: seemsOpen() };
    await Promise.allSettled(Object.values(stories));
  }, PATIENCE_MS * 4);
  afterAll(async () => {
    for (const each of [redis, lost]) each!.disconnect();
    await server[Symbol.asyncDispose]();
  });

  /** A server of its own: a strategy serves all tenants of one. */
  async function world() {
    const bench = await StrategyBench.start();
    const tenant = await bench.tenant();
    const shut = new Set(['lapsed']);
    const ran: string[] = [];
    const handle: Handle = ({ subject }) => {
      if (subject.family !== 'fetch') throw new Error('no job');
      if (shut.has(subject.connection)) return park('vault-lapsed', PARKED_MS, subject.connection);
      ran.push(`${subject.connection}/${subject.entity}`);
      return done;
    };
    const serve = (ledger = redisLedger(redis!), isOpen = (_tenant: string, name: string) => !shut.has(name)) =>
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
    return { bench, tenant, shut, ran, serve, job, jobs, allParked, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
  }

  async function many(): Promise<void> {
    await using here = await world();
    const { bench, tenant, shut, ran, serve, job, jobs, allParked } = here;
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
    expect(await redis!.zcard(`rwj:{${tenant}}:parked:fetch-hostaway-live:lapsed`)).toBe(0);
  }

  async function nobodyLooked(): Promise<void> {
    await using here = await world();
    const { bench, tenant, shut, ran, serve, jobs, allParked } = here;
    const first = serve(redisLedger(lost!));
    await jobs('lapsed', 20);
    await allParked(20);
    await bench.stop(first);
    shut.delete('lapsed');
    await lost!.flushdb();
    serve(redisLedger(lost!));
    await eventually(() => expect(ran).toHaveLength(20), { withinMs: PATIENCE_MS });
    await eventually(async () => expect(await bench.left('WORK', tenant)).toBe(0));
  }

  async function seemsOpen(): Promise<void> {
    await using here = await world();
    const { shut, serve, jobs, allParked, ran } = here;
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
  }

  it('wait beside others’ work, hundreds of them, and all run when it opens, each once', () => stories.many);
  it('go on although nobody looked while it opened, and the index was lost with Redis', () => stories.nobodyLooked);
  it('stay where they are for as long as it is shut, and are not taken round and round where it only seems open', () =>
    stories.seemsOpen);
});
