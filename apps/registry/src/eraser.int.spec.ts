import { randomUUID } from 'node:crypto';
import { erasure as erasureSchema, erasureKey } from '@roomwire/events';
import { KvTable } from '@roomwire/jetstream';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { provision, replica, tell, type Replica } from './testing/redis-replica.ts';

describe('a tenant that is being erased, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let asked: Awaited<ReturnType<typeof tableOf>>;
  const tableOf = () => KvTable.open(one.nc, 'catalog', erasureSchema, { filter: '*.erasure' });

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    one = await replica(nats.url, redis.url);
    asked = await tableOf();
    await tell(one, { second: 1 });
    await one.redis.mset('rw:{t10}:counter', '7', 'rwj:{t1}:due:x', '1', 'rw:{permit-hostaway}:last:c1', '1');
  });
  afterEach(async () => {
    await asked.close();
    await one.dispose();
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const ask = () => asked.put(erasureKey('t1'), { ask: randomUUID(), removed: null });
  const answer = async () => (await asked.fromLeader(erasureKey('t1')))!.removed;

  it('is emptied out of Redis, and the asking answered with how much there was, until there is nothing', async () => {
    await one.tables.tenants.remove('t1');
    await ask();
    one.sweep.start();

    await eventually(async () => expect(await answer()).toBeGreaterThan(5));
    expect((await one.redis.keys('*')).sort()).toEqual(['rw:{permit-hostaway}:last:c1', 'rw:{t10}:counter']);
    await ask();
    await eventually(async () => expect(await answer()).toBe(0));
  });

  it('is answered by a replica that was not there when it was asked', async () => {
    await one.tables.tenants.remove('t1');
    await ask();
    const two = await replica(nats.url, redis.url);
    try {
      two.sweep.start();
      await eventually(async () => expect(await answer()).toBeGreaterThan(5));
    } finally {
      await two.dispose();
    }
  });

  it('is left alone while its key is there', async () => {
    // The floor is a sweep's own.
    const keys = async () => (await one.redis.keys('*')).filter((key) => !key.includes(':floor:')).sort();
    const before = await keys();
    await ask();
    // What is asked second is answered, and the first was looked at before it.
    await asked.put(erasureKey('t9'), { ask: randomUUID(), removed: null });
    one.sweep.start();

    await eventually(async () => expect((await asked.fromLeader(erasureKey('t9')))!.removed).toBe(0));
    expect(await answer()).toBeNull();
    expect(await keys()).toEqual(before);
  });
});
