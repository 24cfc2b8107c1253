import { testClock } from '@roomwire/testkit';
import { LeaseCache } from './lease-cache.ts';
import { LEASE_CACHE_MS_MAX, LEASE_MARGIN_MS, type Lease } from './vault-client.ts';

const whose = { tenant: 't1', connection: 'c1' };

function cacheWith(lifeMs: number) {
  const clock = testClock();
  let asked = 0;
  const ask = async (): Promise<Lease> => ({
    ...{ kind: 'token', accessToken: `a${++asked}` },
    ...{ expiresAt: clock.now() + lifeMs, lease: asked },
  });
  const cache = new LeaseCache(clock.now);
  return { clock, cache, get: () => cache.get(whose, ask), asked: () => asked };
}

describe('LeaseCache', () => {
  it('asks once for callers at one time, and not again while the lease is good', async () => {
    const { get, asked } = cacheWith(3_600_000);
    expect(await Promise.all([get(), get(), get()])).toHaveLength(3);
    await get();
    expect(asked()).toBe(1);
  });

  it('asks again after a minute, so that a new credential is seen', async () => {
    const { clock, get, asked } = cacheWith(3_600_000);
    await get();
    clock.set(clock.now() + LEASE_CACHE_MS_MAX - 1);
    await get();
    expect(asked()).toBe(1);
    clock.set(clock.now() + 1);
    await get();
    expect(asked()).toBe(2);
  });

  it('never gives a token with less than the margin to live', async () => {
    const { clock, get, asked } = cacheWith(LEASE_MARGIN_MS + 1_000);
    await get();
    clock.set(clock.now() + 1_000);
    await get();
    expect(asked()).toBe(2);
  });

  it('forgets a reported lease, and does not keep one that was on its way when the report came', async () => {
    const { cache, get, asked } = cacheWith(3_600_000);
    const underway = get();
    cache.forget(whose, 1);
    expect((await underway).lease).toBe(1);
    expect((await get()).lease).toBe(2);
    cache.forget(whose, 1);
    expect((await get()).lease).toBe(2);
    expect(asked()).toBe(2);
  });

  it('keeps no failure', async () => {
    const { cache, get } = cacheWith(3_600_000);
    await expect(cache.get(whose, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect((await get()).lease).toBe(1);
  });
});
