import fc from 'fast-check';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { atOnce } from './at-once.ts';
import { keysOf } from './keys.ts';
import { firstOf, type Counterexample } from './testing/counterexample.ts';
import { histories as wanted, isLab, seed } from './testing/environment.ts';
import { differences } from './testing/expected.ts';
import { Heard } from './testing/heard.ts';
import { history, type History } from './testing/histories.ts';
import { provision, replica } from './testing/redis-replica.ts';
import { tellAll, town, type Town } from './testing/town.ts';

/** So many houses at a time: what a crash left dirty is awaited once for all of them. */
const AT_ONCE = isLab ? 200 : 100;
/** Of those, as many as tell their histories side by side. */
const TOLD_AT_ONCE = 50;
/** The model takes its time: what was asked of Redis for all houses at once would be given up before anybody looked at the answer. */
const CHECKED_AT_ONCE = 4;

describe(`histories told to two replicas of which some die on the way (seed ${seed})`, () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let told: Town;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    told = await town(nats.url, redis.url);
  });
  afterAll(async () => {
    await told?.dispose();
    await Promise.all([nats?.[Symbol.asyncDispose](), redis?.[Symbol.asyncDispose]()]);
  });

  const generated = (count: number): History =>
    fc.sample(history(`h${count}`), { numRuns: 1, seed: (seed + count) % 2 ** 31 })[0]!;
  const waiting = (key: 'owed' | 'dirty') => told.one.redis.zrange(keysOf('t1')[key], '-inf', '+inf', 'BYSCORE');

  it(
    'end in the records, rooms and conflicts of a model that shares no code with the registry',
    async () => {
      const heard = new Heard(told.one.bus);
      const began = performance.now();
      for (let done = 0; done < wanted; done += AT_ONCE) {
        const numbers = Array.from({ length: Math.min(AT_ONCE, wanted - done) }, (_, i) => done + i);
        const all = numbers.map((each) => ({ house: `h${each}`, history: generated(each) }));
        const wrong: Counterexample[] = [];
        await atOnce(TOLD_AT_ONCE, all, async (each) => void wrong.push(...(await tellAll(told, each.history))));
        wrong.push(...unpaid(all, await waiting('owed')));
        await swept();

        wrong.push(...(await heard.listen()));
        await atOnce(CHECKED_AT_ONCE, all, async ({ house, history }) => {
          wrong.push(...(await differences(house, history, told.one, heard)));
        });
        expect(firstOf(wrong)).toBe('');
        heard.forget();
        const seconds = Math.round((performance.now() - began) / 1000);
        if (isLab) process.stdout.write(`histories: ${done + numbers.length} of ${wanted} after ${seconds} s\n`);
      }
    },
    isLab ? 3_600_000 : 120_000,
  );

  /**
   * All is acked, so readers have heard of it: no record is left to a sweep. But for a replica that went on announcing after it was
   * given up, which may find a debt later than whoever was told again.
   */
  const unpaid = (all: readonly { house: string; history: History }[], owed: readonly string[]): Counterexample[] =>
    all
      .filter(
        ({ history: { deliveries } }) => !deliveries.some(({ fault }) => fault === 'dies before it notes that it announced'),
      )
      .map(({ house }) => ({ what: house, found: owed.filter((name) => name.includes(`/${house}-`)) }))
      .filter(({ found }) => found.length > 0)
      .map((each) => ({ ...each, kind: 'debt', expected: 'none' }));

  /** A unit that a dead replica has moved a record from is derived by the sweep; the next history begins without one again. */
  async function swept(): Promise<void> {
    const sweeper = await replica(nats.url, redis.url);
    try {
      sweeper.sweep.start();
      await eventually(async () => expect([await waiting('owed'), await waiting('dirty')]).toEqual([[], []]), {
        withinMs: isLab ? 120_000 : 15_000,
      });
    } finally {
      await sweeper.dispose();
    }
  }
});
