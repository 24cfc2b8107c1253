/** npm run bench:permits: what a permit costs beside a bare EVALSHA of the same minute. How to read it: docs/adr/0019-permits.md. */
import { randomUUID } from 'node:crypto';
import { median, redisServer, spreadOf } from '@roomwire/testkit';
import { Redis } from 'ioredis';
import { PermitStore } from '../permit-store.ts';
import type { Scope } from '../permits.ts';

const ROUNDS = 5;
const ROUND_MS = 1_000;
const TENANTS = 50;
/** So wide that everything is granted: what is refused costs no provider anything. */
const wide = (key: string): Scope => ({ key, limit: 1_000_000, windowMs: 1_000, lasting: true });
const BARE = `return redis.call('SET', KEYS[1], ARGV[1])`;

type Figure = { rate: number; p99: number };

/** `inFlight` at a time, as fast as they come back. */
async function measured(inFlight: number, one: (n: number) => Promise<unknown>): Promise<Figure> {
  const [took, until]: [number[], number] = [[], performance.now() + ROUND_MS];
  let started = 0;
  const lane = async (): Promise<void> => {
    for (let from = performance.now(); from < until; from = performance.now()) {
      await one(started++);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { rate: (1_000 * took.length) / ROUND_MS, p99: spreadOf(Float64Array.from(took)).p99 };
}

await using server = await redisServer();
const redis = new Redis(server.url);
const permits = new PermitStore(redis, { firstUse: async () => true });
redis.defineCommand('bare', { numberOfKeys: 1, lua: BARE });
const bare = (n: number) =>
  (redis as unknown as { bare(key: string, value: string): Promise<unknown> }).bare(`bare-${n % TENANTS}`, randomUUID());

/** Two scopes and the entity's own: what a read of Hostaway takes. */
async function permit(n: number): Promise<void> {
  const tenant = `t${n % TENANTS}`;
  const scopes = [wide('egress'), wide(`account-${tenant}`), { key: `entity-${n}`, limit: 1, windowMs: 0, lasting: false }];
  const answer = await permits.acquire({
    ...{ provider: 'p', connection: tenant, tenant, lane: n % 2 ? 'live' : 'poll', operation: 'read' },
    ...{ job: String(n), place: String(n), patienceMs: 0, scopes },
  });
  if (answer.kind === 'granted') await answer.permit.release();
}

for (const inFlight of [1, 64]) {
  const rounds: { ours: Figure; floor: Figure }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await redis.flushall();
    const both = { ours: await measured(inFlight, permit), floor: await measured(inFlight, bare) };
    if (round > 0) rounds.push(both); // the first runs code that is not compiled yet
  }
  const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
  process.stdout.write(
    `${inFlight} in flight: ${of(({ ours }) => ours.rate).toFixed(0)} permits/s, taken and given back; ` +
      `time ${of(({ ours, floor }) => floor.rate / ours.rate).toFixed(1)} and p99 ${of(({ ours, floor }) => ours.p99 / floor.p99).toFixed(1)} ` +
      `of a bare EVALSHA's (p99 ${of(({ ours }) => ours.p99).toFixed(2)} ms and ${of(({ floor }) => floor.p99).toFixed(2)} ms)\n`,
  );
}
redis.disconnect();
