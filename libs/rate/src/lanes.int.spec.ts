import { spreadOf } from '@roomwire/testkit';
import type { Scope } from './permits.ts';
import { isLab } from './testing/environment.ts';
import { worlds } from './testing/redis-world.ts';
import { redisOfSpec } from './testing/redis-of-spec.ts';
import { CALL_MS, SimulatedFleet, type Load } from './testing/simulated-fleet.ts';

/** As Hostaway has them: an address that all tenants share, and an account of each. */
const EGRESS: Scope = { key: 'egress', limit: 15, windowMs: 10_000, lasting: true };
const account = (tenant: string): Scope => ({ key: `account-${tenant}`, limit: 20, windowMs: 10_000, lasting: true });
const MINUTES = 60_000;
/** What the address allows in so long. */
const allowed = (ms: number): number => (EGRESS.limit * ms) / EGRESS.windowMs;

describe('lanes and tenants that share an address', () => {
  const at = redisOfSpec();

  const load = (tenant: string, lane: Load['lane'], more: Pick<Load, 'askers' | 'everyMs'>): Load => ({
    ...{ tenant, lane, scopes: [EGRESS, account(tenant)] },
    ...more,
  });
  async function simulated(loads: Load[], forMs: number): Promise<SimulatedFleet> {
    const { clock, permits } = worlds(at.redis);
    const fleet = await new SimulatedFleet(permits, clock, EGRESS.windowMs).run(loads, forMs);
    expect(fleet.counter.peak).toBeLessThanOrEqual(EGRESS.limit);
    return fleet;
  }

  it.each(['live', 'push', 'poll', 'backfill'] as const)(
    'lets %s alone use what there is, but for the headroom',
    async (lane) => {
      const { grants } = await simulated([load('t1', lane, { askers: 12 })], 4 * MINUTES);
      expect(grants.length / allowed(4 * MINUTES)).toBeGreaterThan(0.85);
    },
  );

  /** `jobs` of each of four tenants ask for polls: in hand, or told to come again. */
  async function besidePolls(jobs: number, forMs: number) {
    const live = ['t1', 't2', 't3'].map((tenant) => load(tenant, 'live', { everyMs: 15_000 }));
    const polls = ['t1', 't2', 't3', 't4'].map((tenant) => load(tenant, 'poll', { askers: jobs }));
    const alone = spreadOf((await simulated(live, forMs)).waits({ lane: 'live' }));
    await at.redis.flushall();
    const fleet = await simulated([...live, ...polls, load('t1', 'backfill', { askers: 8 })], forMs);
    const beside = spreadOf(fleet.waits({ lane: 'live' }));
    return { alone, beside, used: fleet.grants.length / allowed(forMs) };
  }

  it('has a live call wait no longer because polls and a backfill take what there is', async () => {
    const { alone, beside, used } = await besidePolls(12, (isLab ? 20 : 10) * MINUTES);
    expect(beside.p99 + CALL_MS).toBeLessThanOrEqual(1.5 * (alone.p99 + CALL_MS));
    // The waiting were not kept off for it.
    expect(used).toBeGreaterThan(0.8);
  }, 120_000);

  const waiting = isLab ? 10_000 : 1_000;
  it(`has a live call wait for a bit at most where ${waiting} polls wait`, async () => {
    const { beside, used } = await besidePolls(waiting / 4, 3 * MINUTES);
    expect(beside.p50).toBe(0);
    // Six come within four seconds once, and find what others free: a bit of the window of ten seconds.
    expect(beside.max).toBeLessThan(2_000);
    expect(used).toBeGreaterThan(0.75);
  }, 180_000);

  it('starves no lane, and gives the most urgent all the rest', async () => {
    const lanes = ['live', 'push', 'poll', 'backfill'] as const;
    const { grants } = await simulated(
      lanes.map((lane) => load(`t-${lane}`, lane, { askers: 12 })),
      10 * MINUTES,
    );
    const part = (lane: Load['lane']) => grants.filter((grant) => grant.lane === lane).length / grants.length;
    expect(grants.length / allowed(10 * MINUTES)).toBeGreaterThan(0.9);
    expect(part('push')).toBeGreaterThan(0.06);
    expect(part('poll')).toBeGreaterThan(0.03);
    expect(part('backfill')).toBeGreaterThan(0.03);
    expect(part('live')).toBeGreaterThan(0.75);
  }, 60_000);

  it('serves tenants in turn: a hundred times the work of one leaves the others’ waits as they were', async () => {
    const forMs = (isLab ? 10 : 4) * MINUTES;
    const others = ['t2', 't3', 't4', 't5'].map((tenant) => load(tenant, 'poll', { askers: 2 }));
    const equal = await simulated([load('t1', 'poll', { askers: 2 }), ...others], forMs);
    await at.redis.flushall();
    const flooded = await simulated([load('t1', 'poll', { askers: 200 }), ...others], forMs);
    for (const { tenant } of others) {
      const [before, beside] = [spreadOf(equal.waits({ tenant })), spreadOf(flooded.waits({ tenant }))];
      expect(beside.p50).toBeLessThanOrEqual(1.5 * before.p50);
      expect(beside.p99).toBeLessThanOrEqual(1.5 * before.p99);
    }
    expect(flooded.grants.length / allowed(forMs)).toBeGreaterThan(0.85);
  }, 120_000);
});
