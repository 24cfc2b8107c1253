import { firstCatalogId, type RoomChange } from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { announced, provision, replica, told, type Replica, type Telling } from './testing/redis-replica.ts';

describe('the sweep on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let crash: Error | undefined;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    crash = undefined;
    one = await replica(nats.url, redis.url, () => (crash ? Promise.reject(crash) : Promise.resolve()));
  });
  afterEach(async () => {
    await one.dispose();
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const tell = (telling: Telling) => one.gate.within('t1', () => one.teller.tell(told(telling), () => Promise.resolve()));
  const guestsIn = async (unit: string) =>
    (await announced(one.bus, '.change.room.'))
      .map(({ body }) => (body as RoomChange).data)
      .filter((room) => room.unit === firstCatalogId('unit', 'c1', unit))
      .map(({ current }) => current?.guest);

  it('pays what is owed beside a record that can never be announced', async () => {
    const endless = 'x'.repeat(one.nc.info!.max_payload);
    await expect(tell({ entity: '1', unit: '40', guest: endless, second: 1 })).rejects.toThrow(/bytes/);
    crash = new Error('died before it announced');
    await expect(tell({ entity: '2', unit: '41', guest: 'Ada', second: 2 })).rejects.toThrow(crash.message);
    expect(await guestsIn('41')).toEqual([]);

    one.sweep.start(100);

    await eventually(async () => expect((await guestsIn('41')).at(-1)).toBe('Ada'), { withinMs: 15_000 });
    await eventually(async () => expect(await one.records.owedFor('t1', 0, 10)).toEqual(['reservation/c1/1']));
  });
});
