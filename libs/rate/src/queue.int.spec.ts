import type { Permits, Scope, Wanted } from './permits.ts';
import { granted, US, worlds } from './testing/redis-world.ts';
import { redisOfSpec } from './testing/redis-of-spec.ts';

const WINDOW_MS = 10_000;
const scope = (key: string, limit: number): Scope => ({ key, limit, windowMs: WINDOW_MS, lasting: true });

describe('who waits for a permit', () => {
  const at = redisOfSpec();

  const wanted = (job: string, scopes: Scope[], more: Partial<Wanted> = {}): Wanted => ({
    ...{ provider: 'p', connection: 'c1', tenant: 't1', lane: 'live', operation: 'read', job, place: job },
    ...{ patienceMs: 60_000, scopes },
    ...more,
  });
  /** Uses up a bucket by calls that are answered. */
  async function fill(permits: Permits, bucket: Scope): Promise<void> {
    for (let n = 0; n < bucket.limit; n++) await granted(await permits.acquire(wanted(`fill-${n}`, [bucket]))).release();
  }
  const waitOf = async (permits: Permits, of: Wanted): Promise<number> => {
    const answer = await permits.acquire(of);
    return answer.kind === 'wait' ? answer.ms : 0;
  };

  it('is given the instant of a place of its own, and the room is kept for it then', async () => {
    const { permits, clock } = worlds(at.redis);
    const bucket = scope('b', 2);
    await granted(await permits.acquire(wanted('x', [bucket]))).release();
    clock.us += 4_000 * US;
    await granted(await permits.acquire(wanted('y', [bucket]))).release();
    expect(await waitOf(permits, wanted('first', [bucket]))).toBe(6_001);
    expect(await waitOf(permits, wanted('second', [bucket]))).toBe(10_001);
    clock.us += 6_001 * US;
    expect(await waitOf(permits, wanted('poll', [bucket], { lane: 'poll' }))).toBeGreaterThan(0);
    granted(await permits.acquire(wanted('first', [bucket])));
  });

  it('does not hold the room for long when it is dead', async () => {
    const { permits, clock } = worlds(at.redis);
    const bucket = scope('b', 1);
    await fill(permits, bucket);
    expect(await waitOf(permits, wanted('dies', [bucket]))).toBe(10_001);
    const other = wanted('other', [bucket], { lane: 'push' });
    clock.us += 10_001 * US;
    expect(await waitOf(permits, other)).toBeGreaterThan(0);
    clock.us += 1_001 * US;
    granted(await permits.acquire(other));
  });

  it('holds no room in a bucket that it does not wait for', async () => {
    const { permits, clock } = worlds(at.redis);
    const [address, account] = [scope('address', 1), scope('account', 1)];
    await fill(permits, account);
    expect(await waitOf(permits, wanted('blocked', [address, account]))).toBe(10_001);
    clock.us += 10_001 * US;
    granted(await permits.acquire(wanted('free', [address], { lane: 'backfill', tenant: 't2' })));
  });

  it('gives way to a tenant that had less', async () => {
    const { permits, clock } = worlds(at.redis);
    const bucket = scope('b', 2);
    await fill(permits, bucket);
    expect(await waitOf(permits, wanted('much', [bucket]))).toBe(10_001);
    expect(await waitOf(permits, wanted('little', [bucket], { tenant: 't2' }))).toBe(10_001);
    clock.us += 10_001 * US;
    const third = wanted('more', [bucket]);
    granted(await permits.acquire(wanted('much', [bucket])));
    expect(await waitOf(permits, third)).toBeGreaterThan(0);
    granted(await permits.acquire(wanted('little', [bucket], { tenant: 't2' })));
  });

  it('has its place again when it comes back as another job', async () => {
    const { permits, clock } = worlds(at.redis);
    const bucket = scope('b', 1);
    await fill(permits, bucket);
    expect(await waitOf(permits, wanted('deferred', [bucket], { place: 'its' }))).toBe(10_001);
    expect(await waitOf(permits, wanted('other', [bucket]))).toBe(20_001);
    clock.us += 8_501 * US;
    expect(await waitOf(permits, wanted('copy', [bucket], { place: 'its' }))).toBe(1_500);
  });

  it('comes back a little sooner where it cannot wait for so long here', async () => {
    const { permits } = worlds(at.redis);
    const bucket = scope('b', 1);
    await fill(permits, bucket);
    expect(await waitOf(permits, wanted('a', [bucket], { patienceMs: 3_000 }))).toBe(8_501);
  });
});
