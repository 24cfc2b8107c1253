import { Redis } from 'ioredis';
import { redisServer, type RedisServer } from '@roomwire/testkit';
import type { Contested } from './core/contested.ts';
import { keysOf } from './keys.ts';
import { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';
import { ShelfStore } from './shelf-store.ts';

const NAME = 'sale/c1/dbl/2026-07';
const from = { place: 'sale_t-1', part: '2026-07', members: [NAME], property: [] };
const contested = (night: string): Contested => ({ kind: 'overbooked', series: '', night, sides: [] });

describe('ShelfStore on a real Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let store: ShelfStore;

  beforeAll(async () => void (server = await redisServer()));
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    redis = new Redis(server.url);
    await redis.flushall();
    await redis.set(keysOf('t1').epoch, 'e');
    const memory = new Memory();
    memory.adopt('t1', 'e', 0);
    store = new ShelfStore(redis, memory);
    await store.touchBuckets('t1', [NAME]);
  });
  afterEach(() => redis.disconnect());

  it('keeps what the later of two looks found, whoever ends last', async () => {
    const early = await store.read('t1', NAME, from);
    const late = await store.read('t1', NAME, from);

    expect((await store.keep('t1', from, late, [contested('2026-07-02')]))!.found).toEqual([contested('2026-07-02')]);
    expect(await store.keep('t1', from, early, [contested('2026-07-01')])).toBeUndefined();
    const other = { ...from, part: '2026-08' };
    const { found } = (await store.keep('t1', other, await store.read('t1', NAME, other), [contested('2026-08-01')]))!;
    expect(found.map(({ night }) => night).sort()).toEqual(['2026-07-02', '2026-08-01']);
  });

  it('says what else waits for a look, unless somebody has kept more since', async () => {
    const stands = { a: [NAME], b: [NAME, 'sale/c1/dbl/2026-08'], c: ['sale/c1/dbl/2026-09'] };
    for (const [name, buckets] of Object.entries(stands))
      await redis.hset(`${keysOf('t1').recordPrefix}${name}`, 'buckets', JSON.stringify(buckets));
    await store.touchBuckets('t1', ['sale/c1/dbl/2026-08']);
    const facts = await store.read('t1', NAME, from);
    await store.finish('t1', NAME, facts, { at: 1, names: ['sale/c1/dbl/2026-09'] });
    const known = (await store.keep('t1', from, facts, []))!;

    expect(await store.waitingFor('t1', from.place, known, facts, ['a', 'b', 'c', 'none'])).toEqual(new Set(['b']));
    await store.keep('t1', from, facts, []);
    expect(await store.waitingFor('t1', from.place, known, facts, ['a'])).toBeUndefined();
  });

  it('leaves what is looked at to whoever looks, for a while', async () => {
    expect(await store.due('t1', 10)).toEqual([NAME]);
    await store.read('t1', NAME, from);
    expect(await store.due('t1', 10)).toEqual([]);
    await store.touchBuckets('t1', [NAME]);
    expect(await store.due('t1', 10)).toEqual([NAME]);
  });

  it('owes a look to whatever touched a bucket since it was read', async () => {
    const facts = await store.read('t1', NAME, from);
    await store.touchBuckets('t1', [NAME]);
    await store.finish('t1', NAME, facts);
    expect(await store.due('t1', 10)).toEqual([NAME]);

    await store.finish('t1', NAME, await store.read('t1', NAME, from));
    expect(await redis.zcard(keysOf('t1').bucketsDue)).toBe(0);
  });

  it('looks again at the time that was set, or before it where something touches the bucket', async () => {
    const facts = await store.read('t1', NAME, from);
    await store.finish('t1', NAME, facts, { at: facts.asOf + 60_000, names: [NAME] });
    expect(Number(await redis.zscore(keysOf('t1').bucketsDue, NAME))).toBe(facts.asOf + 60_000);
    await store.touchBuckets('t1', [NAME]);
    expect(await store.due('t1', 10)).toEqual([NAME]);
  });

  it('forgets parts that the place has no more', async () => {
    await store.keep('t1', from, await store.read('t1', NAME, from), [contested('2026-07-02')]);
    const look = { ...from, part: '' };
    const known = await store.keep('t1', look, await store.read('t1', NAME, look), [], ['', '2026-08']);
    expect(known!.found).toEqual([]);
  });

  it('concludes nothing from another memory', async () => {
    const facts = await store.read('t1', NAME, from);
    await redis.set(keysOf('t1').epoch, 'another');
    await store.finish('t1', NAME, facts);
    expect(await redis.zscore(keysOf('t1').bucketsDue, NAME)).not.toBeNull();
    await expect(store.keep('t1', from, facts, [])).rejects.toThrow(Rewound);
    await expect(store.read('t1', NAME, from)).rejects.toThrow(Rewound);
  });
});
