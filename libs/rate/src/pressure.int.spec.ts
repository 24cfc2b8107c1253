import { elapsed, eventually, httpSink, redisServer, spawnedSource, type Spawned } from '@roomwire/testkit';
import { join } from 'node:path';
import { HOLD_MS, type Scope } from './permits.ts';
import { isLab } from './testing/environment.ts';
import { ProviderAccount } from './testing/provider-account.ts';
import type { Pressure } from './testing/redis-pressure.ts';

type Bucket = { limit: number; windowMs: number };
type Kind = { name: string; egress?: Bucket; account?: Bucket; credits?: Bucket; tenants: number };

/** Beds24's five minutes are half a minute here: the algorithm knows no other difference. */
const KINDS: readonly Kind[] = isLab
  ? [
      { name: 'Hostaway', egress: { limit: 15, windowMs: 10_000 }, account: { limit: 20, windowMs: 10_000 }, tenants: 3 },
      { name: 'Cloudbeds', account: { limit: 5, windowMs: 1_000 }, tenants: 1 },
      { name: 'Mews', account: { limit: 200, windowMs: 30_000 }, tenants: 1 },
      { name: 'Beds24', credits: { limit: 100, windowMs: 30_000 }, tenants: 1 },
    ]
  : [
      { name: 'two scopes', egress: { limit: 15, windowMs: 1_000 }, account: { limit: 20, windowMs: 1_000 }, tenants: 2 },
      { name: 'credits', credits: { limit: 50, windowMs: 1_500 }, tenants: 1 },
    ];
/** Of full pressure before the loss of Redis, and after it, ms. */
const [BEFORE_MS, AFTER_MS] = isLab ? [60_000, 60_000] : [3_500, 0];
/** A machine that does other things beside tells little in seconds. */
const SHARE_LEAST = isLab ? 0.85 : 0.5;

const worker = (pressure: Pressure): Spawned =>
  spawnedSource(join(import.meta.dirname, 'testing/redis-pressure.ts'), { args: [JSON.stringify(pressure)], name: 'pressure' });

/** What binds in the long run: the address for all, or the account for its one tenant. */
const bindingOf = ({ egress, account }: Kind): string => (egress ? 'egress' : account ? 'account-t0' : 'credits-t0');

function scopesOf({ egress, account, credits }: Kind, tenant: string): Scope[] {
  return [
    ...(egress ? [{ key: 'egress', ...egress, lasting: true }] : []),
    ...(account ? [{ key: `account-${tenant}`, ...account, lasting: true }] : []),
    ...(credits ? [{ key: `credits-${tenant}`, ...credits, lasting: true, costs: 2, told: true }] : []),
  ];
}

describe('three workers that want more than a provider gives', () => {
  it.each(KINDS)(
    '$name: no window too full, also when a worker and Redis are lost, and next to nothing unused',
    async (kind) => {
      await using redis = await redisServer();
      const provider = new ProviderAccount(kind);
      await using sink = await httpSink(provider.answer);
      const names = Array.from({ length: kind.tenants }, (_, n) => `t${n}`);
      const tenants = Object.fromEntries(names.map((tenant) => [tenant, scopesOf(kind, tenant)]));
      const pressure: Pressure = { redisUrl: redis.url, providerUrl: sink.url, tenants, askers: 2 };
      const workers = [worker(pressure), worker(pressure), worker(pressure)];
      const { windowMs } = (kind.egress ?? kind.account ?? kind.credits)!;
      /** The part of what was allowed that was used, from the first call after `from` on. */
      const stretch = async (from: number, forMs: number): Promise<number> => {
        await eventually(() => expect(provider.arrivals.at(-1)).toBeGreaterThan(from), { withinMs: HOLD_MS + windowMs + 30_000 });
        const start = performance.now();
        await elapsed(forMs, start);
        return provider.share(bindingOf(kind), start, performance.now());
      };
      try {
        await Promise.all(workers.map((each) => each.line(/asking/)));
        const shares = [await stretch(0, BEFORE_MS)];
        await workers[0]!.kill();
        workers.push(worker(pressure));
        await redis.kill();
        const lostAt = performance.now();
        await redis.start();
        if (AFTER_MS > 0) {
          shares.push(await stretch(lostAt + HOLD_MS, AFTER_MS));
        } else {
          const calls = provider.arrivals.length;
          await elapsed(2 * windowMs, lostAt);
          // What was under way when Redis went, of two tenants and four lanes in three processes.
          expect(provider.arrivals.length - calls).toBeLessThan(48);
        }
        if (isLab)
          process.stdout.write(
            `${kind.name}: ${provider.arrivals.length} calls, ${provider.over} over the limit, ${said(shares)}\n`,
          );
        expect(provider.over).toBe(0);
        for (const share of shares) expect(share).toBeGreaterThan(SHARE_LEAST);
      } finally {
        await Promise.all(workers.map((each) => each.kill()));
      }
    },
    isLab ? 600_000 : 120_000,
  );
});

function said(shares: readonly number[]): string {
  return `of what is allowed used: ${shares.map((share) => `${(100 * share).toFixed(1)} %`).join(' before and ')} after Redis was lost`;
}
