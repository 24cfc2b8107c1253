import type { PermitAnswer, Permits, Scope, Wanted } from './permits.ts';
import { granted, US, worlds } from './testing/redis-world.ts';
import { redisOfSpec } from './testing/redis-of-spec.ts';

/** As Beds24 has them. */
const WINDOW_MS = 300_000;
const ACCOUNT: Scope = { key: 'account', limit: 100, windowMs: WINDOW_MS, lasting: true, costs: 2, told: true };

describe('permits that are paid in credits', () => {
  const at = redisOfSpec();

  let jobs = 0;
  const ask = (permits: Permits, more: Partial<Wanted> = {}): Promise<PermitAnswer> =>
    permits.acquire({
      ...{
        provider: 'beds24',
        connection: 'c1',
        tenant: 't1',
        lane: 'live',
        operation: 'bookings',
        job: `job-${++jobs}`,
        place: `job-${jobs}`,
      },
      ...{ patienceMs: 1_000, scopes: [ACCOUNT] },
      ...more,
    });
  /** How many calls of this price are granted one after the other. */
  async function callsOf(permits: Permits, cost: number | undefined, more: Partial<Wanted> = {}): Promise<number> {
    for (let calls = 0; ; calls++) {
      const answer = await ask(permits, more);
      if (answer.kind === 'wait') return calls;
      await answer.permit.release(cost === undefined ? {} : { cost });
    }
  }

  it('reserves what is assumed, and counts what it was', async () => {
    const { permits } = worlds(at.redis);
    expect(await callsOf(permits, 1.6)).toBe(62); // the last leaves 0.8, and the next might cost 2
  });

  it('counts what is assumed where the answer names no price', async () => {
    expect(await callsOf(worlds(at.redis).permits, undefined)).toBe(50);
  });

  it('reserves for calls under way what they may cost at most', async () => {
    const { permits } = worlds(at.redis);
    for (let n = 0; n < 50; n++) granted(await ask(permits));
    expect(await ask(permits)).toMatchObject({ kind: 'wait' });
  });

  it('learns by operation what is dearer than was assumed, and forgets it when it is seen no more', async () => {
    const { permits, clock } = worlds(at.redis);
    await granted(await ask(permits)).release({ cost: 30 });
    granted(await ask(permits)); // 30 + 30
    granted(await ask(permits)); // 30 + 60
    expect(await ask(permits)).toMatchObject({ kind: 'wait' });
    granted(await ask(permits, { operation: 'calendar' }));
    const key = (await at.redis.keys('*cost:bookings'))[0]!;
    expect(await at.redis.pttl(key)).toBeGreaterThan(WINDOW_MS * 11);
    await at.redis.del(key); // its time is Redis' own, which no spec can move
    clock.us += (WINDOW_MS + 12_001) * US;
    expect(await callsOf(permits, 2)).toBe(50);
  });

  it('believes at once that less is left, for others spend too, and waits for the end of the provider’s window', async () => {
    const { permits, clock } = worlds(at.redis);
    await granted(await ask(permits)).release({ cost: 1, remaining: 5, resetsInMs: 30_000 });
    expect(await callsOf(permits, 1.5)).toBe(3); // 5, 3.5 and 2: then 0.5 are left
    expect(await ask(permits)).toMatchObject({ kind: 'wait', ms: 31_000 - 500 });
    clock.us += 31_000 * US;
    expect(await callsOf(permits, 1)).toBe(93);
  });

  it('never believes that more is left than it knows of, before the provider’s window is over', async () => {
    const { permits, clock } = worlds(at.redis);
    await granted(await ask(permits)).release({ cost: 1, remaining: 4, resetsInMs: 60_000 });
    await granted(await ask(permits)).release({ cost: 1, remaining: 90, resetsInMs: 60_000 });
    expect(await callsOf(permits, 1)).toBe(2);
    clock.us += 61_000 * US;
    await granted(await ask(permits)).release({ cost: 1, remaining: 30, resetsInMs: 298_000 });
    expect(await callsOf(permits, 1)).toBe(29);
  });

  it('takes calls under way as not yet in what the provider says is left', async () => {
    const { permits } = worlds(at.redis);
    const first = granted(await ask(permits));
    granted(await ask(permits));
    await first.release({ cost: 1, remaining: 5, resetsInMs: 60_000 });
    expect(await callsOf(permits, 1)).toBe(2); // 5 less 2 that may not be counted yet
  });

  it('leaves a headroom for live calls to those who can wait', async () => {
    const { permits, clock } = worlds(at.redis);
    let calls = 0;
    for (const end = clock.us + WINDOW_MS * US; clock.us < end; clock.us += 1_000 * US)
      calls += await callsOf(permits, 1, { lane: 'poll' });
    expect(calls).toBeGreaterThan(85);
    expect(calls).toBeLessThanOrEqual(90);
    expect(await callsOf(permits, 1)).toBeGreaterThanOrEqual(9);
  });
});
