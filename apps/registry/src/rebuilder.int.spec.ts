import { randomUUID } from 'node:crypto';
import { rebuildKey, rebuildWish, type RecordChange } from '@roomwire/events';
import { KvTable, stateOf } from '@roomwire/jetstream';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { keysOf } from './keys.ts';
import { announced, provision, replica, tell, type Replica } from './testing/redis-replica.ts';

describe('a memory that an operator wants filled once more, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let two: Replica;
  let asked: Awaited<ReturnType<typeof tableOf>>;
  const tableOf = () => KvTable.open(one.nc, 'catalog', rebuildWish, { filter: '*.rebuild' });

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    [one, two] = await Promise.all([replica(nats.url, redis.url), replica(nats.url, redis.url)]);
    asked = await tableOf();
    await tell(one, { second: 1, guest: 'Ada' });
  });
  afterEach(async () => {
    await asked.close();
    await Promise.all([one.dispose(), two.dispose()]);
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const state = async () => (await asked.fromLeader(rebuildKey('t1')))?.state;
  const revisions = async () =>
    (await announced(one.bus, '.change.reservation.')).map(({ body }) => (body as RecordChange).revision);

  it('has again what Redis had lost without a word, whoever of two takes it up, and goes on counting', async () => {
    const keys = keysOf('t1');
    // Whoever comes to a memory for the first time feeds it as well.
    await Promise.all([one, two].map(({ gate }) => gate.attach('t1')));
    one.sweep.start();
    two.sweep.start();
    const { lastSeq } = await stateOf(one.nc, 't1');
    await eventually(async () => expect(Number(await one.redis.get(keys.floor))).toBe(lastSeq), { withinMs: 20_000 });
    // Somebody's hand: the memory looks whole, since its name and its counter are there.
    await one.redis.del(keys.record('reservation/c1/1'), keys.unit('u1'));
    const before = await one.redis.get(keys.epoch);

    await asked.put(rebuildKey('t1'), { ask: randomUUID(), state: 'asked' });
    await eventually(async () => expect(await state()).toBe('done'), { withinMs: 20_000 });

    expect(await one.redis.get(keys.epoch)).not.toBe(before);
    expect(await one.redis.exists(keys.record('reservation/c1/1'))).toBe(1);
    expect((await tell(two, { second: 1, guest: 'Ada' })).outcome).toBe('duplicate');
    expect((await tell(two, { second: 2, guest: 'Grace' })).outcome).toBe('applied');
    expect(await revisions()).toEqual([1, 2]);
  }, 40_000);

  it('is not begun for a tenant that is paused: nobody would go on', async () => {
    const held = (await one.tables.tenants.fromLeader('t1'))!;
    await one.tables.tenants.put('t1', { ...held, status: 'paused' });
    await eventually(() => expect(one.tables.tenants.get('t1')?.status).toBe('paused'));
    await asked.put(rebuildKey('t1'), { ask: randomUUID(), state: 'asked' });
    // What is asked second is taken up, and the first was looked at before it.
    await asked.put(rebuildKey('t2'), { ask: randomUUID(), state: 'asked' });
    await one.tables.tenants.put('t2', { ...held, id: 't2' });
    one.sweep.start();

    await eventually(async () => expect((await asked.fromLeader(rebuildKey('t2')))?.state).not.toBe('asked'), {
      withinMs: 20_000,
    });
    expect(await state()).toBe('asked');
  }, 40_000);
});
