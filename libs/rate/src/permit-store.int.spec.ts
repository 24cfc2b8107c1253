import { httpSink, redisServer, type RedisServer } from '@roomwire/testkit';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { PermitStore, type FirstUse } from './permit-store.ts';
import { CALL_DEADLINE_MS, HOLD_MS, SEND_WITHIN_MS, type PermitAnswer, type Scope } from './permits.ts';
import { StrictCounter } from './testing/strict-counter.ts';

const US = 1_000;
const START_US = 1_800_000_000_000_000;

/** As the durable register does: true once for each scope, whatever happens to Redis. */
function register(): FirstUse {
  const known = new Set<string>();
  return async (scope) => !known.has(scope) && known.add(scope).has(scope);
}
const scope = (key: string, limit: number, windowMs: number, lasting = true): Scope => ({ key, limit, windowMs, lasting });
const granted = (answer: PermitAnswer) => {
  if (answer.kind !== 'granted') throw new Error(`not granted: wait ${answer.ms} ms`);
  return answer.permit;
};

describe('PermitStore', () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await redisServer();
    redis = new Redis(server.url);
  });
  beforeEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  /** A store on clocks that the spec moves together. */
  function at(firstUse: FirstUse = register()) {
    const clock = { us: START_US };
    const store = (): PermitStore =>
      new PermitStore(redis, { firstUse, redisNow: () => clock.us, elapsed: () => clock.us / US, pause: async () => undefined });
    return { clock, store, permits: store() };
  }
  let jobs = 0;
  const call = (scopes: Scope[], more: { connection?: string; job?: string } = {}) => ({
    ...{ provider: 'hostaway', connection: 'c1', job: `job-${++jobs}`, scopes },
    ...more,
  });

  it('grants all scopes or none, and says how long to wait', async () => {
    const { clock, permits } = at();
    const [wide, narrow] = [scope('wide', 5, 10_000), scope('narrow', 1, 10_000)];
    const first = granted(await permits.acquire(call([wide, narrow])));
    await first.release();
    expect(await permits.acquire(call([wide, narrow]))).toEqual({ kind: 'wait', ms: 10_001 });
    for (let n = 0; n < 4; n++) granted(await permits.acquire(call([wide]))); // the refused one took nothing
    expect(await permits.acquire(call([wide]))).toMatchObject({ kind: 'wait' });
    clock.us += 10_001 * US;
    granted(await permits.acquire(call([narrow])));
  });

  it('occupies until a window after the response, or after the deadline where none came', async () => {
    const { clock, permits } = at();
    const one = scope('one', 1, 1_000);
    const answered = granted(await permits.acquire(call([one])));
    clock.us += 3_000 * US;
    expect(await permits.acquire(call([one]))).toMatchObject({ kind: 'wait' });
    await answered.release();
    clock.us += 1_000 * US;
    expect(await permits.acquire(call([one]))).toMatchObject({ kind: 'wait', ms: 1 });
    clock.us += 1;
    granted(await permits.acquire(call([one])));
    clock.us += (HOLD_MS + 1_000) * US;
    expect(await permits.acquire(call([one]))).toMatchObject({ kind: 'wait', ms: 1 });
    clock.us += 1;
    granted(await permits.acquire(call([one])));
  });

  it('observes strictly later each time, also when the clock stands, is set back or was lost', async () => {
    const { clock, permits } = at();
    const many = [scope('many', 100, 1_000)];
    const seen: number[] = [];
    for (const step of [0, 0, 9_000_000, -5_000_000, 10, 0]) {
      clock.us += step;
      seen.push(granted(await permits.acquire(call(many))).observedAt);
    }
    await redis.flushall();
    clock.us -= 60_000_000;
    expect(await permits.acquire(call(many))).toMatchObject({ kind: 'wait' });
    clock.us += (HOLD_MS + 1_001) * US;
    seen.push(granted(await permits.acquire(call(many))).observedAt);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('opens a new bucket at once, and a lost one only when nothing of before can count any more', async () => {
    const { clock, permits } = at();
    const bucket = [scope('bucket', 3, 10_000)];
    granted(await permits.acquire(call(bucket)));
    await redis.flushall();
    expect(await permits.acquire(call(bucket))).toEqual({ kind: 'wait', ms: HOLD_MS + 10_000 });
    clock.us += (HOLD_MS + 10_000) * US;
    granted(await permits.acquire(call(bucket)));
  });

  it('notices a memory that was set back, not only one that is gone', async () => {
    const { permits } = at();
    const bucket = [scope('bucket', 3, 10_000)];
    granted(await permits.acquire(call(bucket)));
    const keys = await redis.keys('*last*');
    await redis.set(keys[0]!, START_US - 1);
    expect(await permits.acquire(call(bucket))).toEqual({ kind: 'wait', ms: HOLD_MS + 10_000 });
  });

  it('has one read of an entity at a time, but lets a job that comes again take its own place', async () => {
    const { clock, permits } = at();
    const entity = [scope('entity', 1, 0, false)];
    const first = granted(await permits.acquire(call(entity, { job: 'a' })));
    expect(await permits.acquire(call(entity, { job: 'b' }))).toMatchObject({ kind: 'wait' });
    granted(await permits.acquire(call(entity, { job: 'a' })));
    await first.release();
    clock.us += 1;
    granted(await permits.acquire(call(entity, { job: 'b' })));
  });

  it('is worth nothing when it came too late to be sent', async () => {
    const { clock, permits } = at();
    const permit = granted(await permits.acquire(call([scope('s', 9, 1_000)])));
    clock.us += (SEND_WITHIN_MS - 1) * US;
    expect(permit.isGood()).toBe(true);
    clock.us += 1 * US;
    expect(permit.isGood()).toBe(false);
  });

  it('keeps the whole fleet off a scope for as long as the provider asked', async () => {
    const { clock, store, permits } = at();
    const bucket = [scope('bucket', 9, 1_000)];
    granted(await permits.acquire(call(bucket)));
    await permits.block('hostaway', bucket, 30_000);
    await permits.block('hostaway', bucket, 5_000);
    expect(await store().acquire(call(bucket))).toEqual({ kind: 'wait', ms: 30_000 });
    clock.us += 30_000 * US;
    granted(await store().acquire(call(bucket)));
  });

  it('gives an error, and no permit, when Redis is away', async () => {
    await using own = await redisServer();
    const client = new Redis(own.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', () => undefined);
    const permits = new PermitStore(client, { firstUse: register() });
    granted(await permits.acquire(call([scope('s', 9, 1_000)])));
    await own.kill();
    await expect(permits.acquire(call([scope('s', 9, 1_000)]))).rejects.toThrow();
    client.disconnect();
  });

  describe('whatever happens', () => {
    const EGRESS = { limit: 3, windowMs: 5_000 };
    const ACCOUNT = { limit: 2, windowMs: 4_000 };
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const step = fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({
          kind: fc.constant('acquire' as const),
          account: fc.nat(2),
          worker: fc.nat(2),
          lane: fc.nat(1),
          sent: share,
          answered: share,
          lost: fc.nat(9),
        }),
      },
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 6_000 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
    );

    it('no window at the provider holds more than its limit, and everything is granted in the end', async () => {
      let grants = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
          await redis.flushall();
          const { clock, store } = at();
          const workers = [store(), store(), store()];
          const egress = new StrictCounter(EGRESS.windowMs * US);
          const accounts = [0, 1, 2].map(() => new StrictCounter(ACCOUNT.windowMs * US));
          const answers: { at: number; release: () => Promise<void> }[] = [];
          const advance = async (toUs: number): Promise<void> => {
            for (;;) {
              const next = answers.toSorted((a, b) => a.at - b.at)[0];
              if (!next || next.at > toUs) break;
              answers.splice(answers.indexOf(next), 1);
              clock.us = Math.max(clock.us, next.at);
              await next.release();
            }
            clock.us = Math.max(clock.us, toUs);
          };
          const scopes = (account: number, lane: number): Scope[] => [
            scope('egress', lane === 0 ? EGRESS.limit : 1, EGRESS.windowMs),
            scope(`account-${account}`, ACCOUNT.limit, ACCOUNT.windowMs),
          ];
          for (const each of steps) {
            if (each.kind === 'advance') await advance(clock.us + each.ms * US);
            else if (each.kind === 'forget') await redis.flushall();
            else {
              const answer = await workers[each.worker]!.acquire(
                call(scopes(each.account, each.lane), { connection: `c${each.account}` }),
              );
              if (answer.kind === 'wait') continue;
              grants++;
              // Sent in time, answered before the deadline, counted somewhere between; one in ten workers dies with it.
              const sentAt = clock.us + each.sent * SEND_WITHIN_MS * US;
              const answeredAt = sentAt + each.answered * CALL_DEADLINE_MS * US;
              const countedAt = Math.floor(sentAt + share01(each) * (answeredAt - sentAt));
              egress.arrived(countedAt);
              accounts[each.account]!.arrived(countedAt);
              if (each.lost > 0) answers.push({ at: Math.ceil(answeredAt), release: answer.permit.release });
            }
          }
          expect(egress.peak).toBeLessThanOrEqual(EGRESS.limit);
          for (const account of accounts) expect(account.peak).toBeLessThanOrEqual(ACCOUNT.limit);
          await advance(clock.us + 4 * HOLD_MS * US);
          // The first may find a loss that nobody has met yet: nothing stays shut for ever.
          const last = await workers[0]!.acquire(call(scopes(0, 0), { connection: 'c0' }));
          if (last.kind === 'wait') clock.us += last.ms * US;
          granted(last.kind === 'wait' ? await workers[0]!.acquire(call(scopes(0, 0), { connection: 'c0' })) : last);
        }),
        { numRuns: 400 },
      );
      expect(grants).toBeGreaterThan(500);
    }, 120_000);

    /** Where between sending and answer the provider counts. */
    const share01 = ({ sent, answered }: { sent: number; answered: number }): number => (sent * 7 + answered * 3) % 1;
  });

  it('three workers at once against a provider that counts: never over the limit, and no slot unused', async () => {
    const LIMIT = { limit: 5, windowMs: 300 };
    const counter = new StrictCounter(LIMIT.windowMs * US);
    await using provider = await httpSink(() => {
      counter.arrived(performance.now() * US);
      return { status: 200 };
    });
    const firstUse = register();
    const clients = [0, 1, 2].map(() => new Redis(server.url));
    const until = performance.now() + 3_000;
    let calls = 0;
    const work = async (permits: PermitStore): Promise<void> => {
      while (performance.now() < until) {
        const answer = await permits.acquire(call([scope('real', LIMIT.limit, LIMIT.windowMs)]));
        if (answer.kind === 'wait') {
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        calls++;
        await (await fetch(provider.url)).arrayBuffer();
        await answer.permit.release();
      }
    };
    await Promise.all(clients.map((client) => Promise.all([0, 1, 2].map(() => work(new PermitStore(client, { firstUse }))))));
    for (const client of clients) client.disconnect();
    expect(counter.peak).toBeLessThanOrEqual(LIMIT.limit);
    // Nine met a new bucket at once, and none took it for a lost one.
    expect(calls).toBeGreaterThan(30);
  }, 30_000);
});
