import { redisServer, type RedisServer } from '@roomwire/testkit';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { LANES } from './core/lanes.ts';
import { CALL_DEADLINE_MS, HOLD_MS, SEND_WITHIN_MS, type Scope, type Usage, type Wanted } from './permits.ts';
import { granted, US, worlds } from './testing/redis-world.ts';
import { StrictCounter } from './testing/strict-counter.ts';

const EGRESS = { limit: 5, windowMs: 5_000 };
const ACCOUNT = { limit: 3, windowMs: 4_000 };
/** What a call costs is known afterwards: anything up to the dearest. */
const CREDITS = { limit: 4, windowMs: 8_000, dearest: 2.5 };

/** Doubles would nearly all be close to nothing. */
const part = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000);
const acquiring = fc.record({
  kind: fc.constant('acquire' as const),
  account: fc.constantFrom(0, 0, 1, 1, 2),
  worker: fc.nat(2),
  lane: fc.constantFrom(...LANES),
  sent: part,
  counted: part,
  answered: part,
  price: part,
  /** One in ten workers dies with its permit. */
  lost: fc.nat(9),
});
/** Steps of Redis' clock. One ahead that is smaller than what a worker allows for clocks that run freely nobody can tell from them. */
const back = fc.integer({ min: -20_000, max: -1 });
const ahead = fc.integer({ min: 500, max: 20_000 });
const step = fc.oneof(
  { weight: 14, arbitrary: acquiring },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 6_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('jump' as const), ms: fc.oneof(back, ahead) }) },
);

describe('permits, whatever happens', () => {
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

  it('no window at the provider holds more than its limit, of calls or of credits, and everything is granted in the end', async () => {
    let jobs = 0;
    const seen = { granted: 0, crashed: 0, jumped: 0, forgotten: 0 };
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 20, maxLength: 80 }), async (isCalm, steps) => {
        await redis.flushall();
        const { clock, store } = worlds(redis);
        const workers = [store(), store(), store()];
        const counters = {
          egress: new StrictCounter(EGRESS.windowMs * US),
          accounts: [0, 1, 2].map(() => new StrictCounter(ACCOUNT.windowMs * US)),
          credits: [0, 1, 2].map(() => new StrictCounter(CREDITS.windowMs * US)),
        };
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
        const wanted = (account: number, lane: Wanted['lane']): Wanted => ({
          ...{ provider: 'hostaway', connection: `c${account}`, tenant: `t${account}`, lane, operation: 'read' },
          ...{ job: `job-${++jobs}`, place: `${account}-${lane}`, patienceMs: 3_000 },
          // One account has no prices, so that it is the calls that bind.
          scopes: [
            lasting('egress', EGRESS),
            lasting(`account-${account}`, ACCOUNT),
            ...(account === 0 ? [] : [credits(account)]),
          ],
        });
        // A process can compare clocks from its second question on.
        for (const worker of workers) granted(await worker.acquire({ ...wanted(0, 'live'), connection: 'first', scopes: [] }));
        for (const each of steps) {
          if (each.kind === 'advance') await advance(clock.us + each.ms * US);
          // What is shut for long after each of these shows nothing of the rest.
          else if (isCalm && each.kind !== 'acquire') continue;
          else if (each.kind === 'forget') await redis.flushall().then(() => seen.forgotten++);
          else if (each.kind === 'jump') [clock.skewUs, seen.jumped] = [clock.skewUs + each.ms * US, seen.jumped + 1];
          else {
            const answer = await workers[each.worker]!.acquire(wanted(each.account, each.lane));
            if (answer.kind === 'wait') continue;
            seen.granted++;
            const sentAt = clock.us + each.sent * SEND_WITHIN_MS * US;
            const answeredAt = sentAt + each.answered * CALL_DEADLINE_MS * US;
            const countedAt = Math.floor(sentAt + each.counted * (answeredAt - sentAt));
            const price = Math.ceil(each.price * CREDITS.dearest * 1_000);
            counters.egress.arrived(countedAt);
            counters.accounts[each.account]!.arrived(countedAt);
            if (each.account > 0) counters.credits[each.account]!.arrived(countedAt, price);
            const usage: Usage = { cost: price / 1_000 };
            if (each.lost > 0) answers.push({ at: Math.ceil(answeredAt), release: () => answer.permit.release(usage) });
            else seen.crashed++;
          }
        }
        expect(counters.egress.peak).toBeLessThanOrEqual(EGRESS.limit);
        for (const account of counters.accounts) expect(account.peak).toBeLessThanOrEqual(ACCOUNT.limit);
        for (const account of counters.credits) expect(account.peak).toBeLessThanOrEqual(CREDITS.limit * 1_000);
        await advance(clock.us + 4 * HOLD_MS * US);
        // One may find a leap, the next a loss, that nobody has met yet: nothing stays shut for ever.
        for (let looks = 1; ; looks++) {
          const last = await workers[0]!.acquire(wanted(0, 'live'));
          if (last.kind === 'granted') break;
          if (looks === 6) throw new Error('still shut');
          clock.us += last.ms * US;
        }
      }),
      { numRuns: 500 },
    );
    expect(seen.granted).toBeGreaterThan(500);
    expect(Math.min(seen.crashed, seen.jumped, seen.forgotten)).toBeGreaterThan(50);
  }, 180_000);
});

function lasting(key: string, { limit, windowMs }: { limit: number; windowMs: number }): Scope {
  return { key, limit, windowMs, lasting: true };
}

function credits(account: number): Scope {
  return { ...lasting(`credits-${account}`, CREDITS), costs: CREDITS.dearest, told: true };
}
