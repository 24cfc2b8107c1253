import { httpSink, redisServer } from '@roomwire/testkit';
import { Redis } from 'ioredis';
import { PermitStore } from './permit-store.ts';
import { HOLD_MS, SEND_WITHIN_MS, type Scope, type Wanted } from './permits.ts';
import { granted, register, START_US, US, worlds } from './testing/redis-world.ts';
import { redisOfSpec } from './testing/redis-of-spec.ts';
import { StrictCounter } from './testing/strict-counter.ts';

const scope = (key: string, limit: number, windowMs: number, lasting = true): Scope => ({ key, limit, windowMs, lasting });

describe('PermitStore', () => {
  const held = redisOfSpec();

  const at = (firstUse = register()) => worlds(held.redis, firstUse);
  let jobs = 0;
  const call = (scopes: Scope[], { job = `job-${++jobs}`, ...more }: Partial<Wanted> = {}): Wanted => ({
    ...{ provider: 'hostaway', connection: 'c1', tenant: 't1', lane: 'live', operation: 'read', job, place: job },
    ...{ patienceMs: 60_000, scopes },
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
    const again = call([one], { job: 'again' });
    const answered = granted(await permits.acquire(call([one])));
    clock.us += 3_000 * US;
    expect(await permits.acquire(again)).toMatchObject({ kind: 'wait' });
    await answered.release();
    clock.us += 1_000 * US;
    expect(await permits.acquire(again)).toMatchObject({ kind: 'wait', ms: 1 });
    clock.us += 1;
    granted(await permits.acquire(again));
    clock.us += (HOLD_MS + 1_000) * US;
    expect(await permits.acquire(again)).toMatchObject({ kind: 'wait', ms: 1 });
    clock.us += 1;
    granted(await permits.acquire(again));
  });

  it('observes strictly later each time, also when the clock stands, is set back or was lost', async () => {
    const { clock, permits } = at();
    const many = [scope('many', 100, 1_000)];
    const seen: number[] = [];
    for (const [passes, jumps] of [
      [0, 0],
      [0, 0],
      [9_000_000, 0],
      [0, -5_000_000],
      [10, 0],
      [0, 0],
    ] as const) {
      clock.us += passes;
      clock.skewUs += jumps;
      seen.push(granted(await permits.acquire(call(many))).observedAt);
    }
    await held.redis.flushall();
    clock.skewUs -= 60_000_000;
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
    await held.redis.flushall();
    expect(await permits.acquire(call(bucket))).toEqual({ kind: 'wait', ms: HOLD_MS + 10_000 });
    clock.us += (HOLD_MS + 10_000) * US;
    granted(await permits.acquire(call(bucket)));
  });

  it('notices a memory that was set back, not only one that is gone', async () => {
    const { permits } = at();
    const bucket = [scope('bucket', 3, 10_000)];
    granted(await permits.acquire(call(bucket)));
    const keys = await held.redis.keys('*last*');
    await held.redis.set(keys[0]!, START_US - 1);
    expect(await permits.acquire(call(bucket))).toEqual({ kind: 'wait', ms: HOLD_MS + 10_000 });
  });

  it('has who waits for a call under way look again soon, since nobody knows its end, but no later than its hold', async () => {
    const { clock, permits } = at();
    const entity = [scope('entity', 1, 0, false)];
    const first = granted(await permits.acquire(call(entity)));
    expect(await permits.acquire(call(entity, { job: 'b' }))).toEqual({ kind: 'wait', ms: 200 });
    await first.release();
    granted(await permits.acquire(call(entity, { job: 'b' })));
    clock.us += (HOLD_MS - 100) * US;
    expect(await permits.acquire(call(entity))).toEqual({ kind: 'wait', ms: 101 });
  });

  it('lets a call that is for many jobs take the place of any of them', async () => {
    const { permits } = at();
    const kind = [scope('kind', 1, 0, false)];
    granted(await permits.acquire(call(kind, { job: 'b', others: ['c', 'd'] })));
    expect(await permits.acquire(call(kind, { job: 'a', others: ['c', 'd'] }))).toMatchObject({ kind: 'wait' });
    const again = granted(await permits.acquire(call(kind, { job: 'a', others: ['b', 'c'] })));
    expect(await permits.acquire(call(kind, { job: 'x' }))).toMatchObject({ kind: 'wait' });
    await again.release();
    granted(await permits.acquire(call(kind, { job: 'x' })));
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

  it('is not deceived by a clock that was set back and on again while it did not look', async () => {
    const { clock, store } = at();
    const [busy, idle] = [store(), store()];
    const bucket = [scope('bucket', 1, 10_000)];
    for (const each of [busy, idle]) granted(await each.acquire(call([scope('other', 9, 1_000)])));
    clock.skewUs -= 15_000 * US;
    await granted(await busy.acquire(call(bucket))).release();
    clock.us += 1_000 * US;
    clock.skewUs += 15_000 * US;
    expect(await idle.acquire(call(bucket))).toMatchObject({ kind: 'wait' });
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

  it('three workers at once against a provider that counts: never over the limit, and no slot unused', async () => {
    const LIMIT = { limit: 5, windowMs: 300 };
    const counter = new StrictCounter(LIMIT.windowMs * US);
    await using provider = await httpSink(() => {
      counter.arrived(performance.now() * US);
      return { status: 200 };
    });
    const firstUse = register();
    const clients = [0, 1, 2].map(() => new Redis(held.server.url));
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
