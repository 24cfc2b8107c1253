import type { RecordChange, RoomChange } from '@roomwire/events';
import { stateOf } from '@roomwire/jetstream';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { keysOf } from './keys.ts';
import { announced, provision, replica, tell, told, type Replica } from './testing/redis-replica.ts';
import { setBack, snapshot } from './testing/redis-snapshot.ts';

describe('a Redis that comes back as it was, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    one = await replica(nats.url, redis.url);
  });
  afterEach(async () => {
    await one.dispose();
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const floor = async (): Promise<number> => Number((await one.redis.get(keysOf('t1').floor)) ?? 0);
  const raise = (of = one) => of.gate.within('t1', () => of.epochs.raiseFloor('t1'));
  const heard = async () => (await stateOf(one.nc, 't1')).lastSeq;
  const lastGuest = async () =>
    ((await announced(one.bus, '.change.reservation.c1.1')).at(-1)!.body as RecordChange).data.record.facets['guest']!.content;
  const lastRoomGuest = async () => ((await announced(one.bus, '.change.room.')).at(-1)!.body as RoomChange).data.current?.guest;

  it('is fed what it missed though every registry was down, and nobody remembers how far it had come', async () => {
    await tell(one, { second: 1, guest: 'Ada' });
    await tell(one, { second: 1, entity: '2', unit: '41' });
    await raise();
    const copy = await snapshot(redis, one.redis);
    await tell(one, { second: 5, guest: 'Grace' });
    await raise();
    await one.dispose();
    await setBack(redis, copy);

    one = await replica(nats.url, redis.url);

    expect((await tell(one, { second: 3, guest: 'Older' })).outcome).toBe('stale');
    expect(await lastGuest()).toMatchObject({ name: 'Grace' });
    expect(await lastRoomGuest()).toBe('Grace');
    expect((await one.records.read('t1', 'reservation/c1/2'))?.revision).toBe(1);
    expect(await floor()).toBe(await heard());
  });

  it('is fed by whoever connects to it again, before others make it look as if it had come further', async () => {
    await tell(one, { second: 1, guest: 'Ada' });
    await raise();
    const copy = await snapshot(redis, one.redis);
    await tell(one, { second: 5, guest: 'Grace' });
    await setBack(redis, copy);
    // Somebody who does not look has written since.
    await eventually(() => expect(one.redis.status).toBe('ready'));
    await one.redis.incrby(keysOf('t1').counter, 1_000);

    expect((await tell(one, { second: 3, guest: 'Older' })).outcome).toBe('stale');
    expect(await lastGuest()).toMatchObject({ name: 'Grace' });
  });

  it('is not fed at all in quiet times', async () => {
    await tell(one, { second: 1 });
    await raise();

    expect(await floor()).toBe(await heard());
    const revision = await one.redis.hget(keysOf('t1').record('reservation/c1/1'), 'etag');
    const two = await replica(nats.url, redis.url);
    await raise(two);
    expect(await one.redis.hget(keysOf('t1').record('reservation/c1/1'), 'etag')).toBe(revision);
    await two.dispose();
  });

  it('its floor does not rise over an announcement that is not marked', async () => {
    await tell(one, { second: 1 });
    await raise();
    const before = await floor();
    const dead = await replica(nats.url, redis.url, () => Promise.reject(new Error('died')));
    await expect(
      dead.gate.within('t1', () => dead.teller.tell(told({ second: 2, guest: 'Grace' }), () => Promise.resolve())),
    ).rejects.toThrow('died');
    await tell(one, { second: 1, entity: '2', unit: '41' });

    await raise();
    await raise();
    expect(await floor()).toBe(before);

    await tell(one, { second: 2, guest: 'Grace' });
    await raise();
    await raise();
    expect(await floor()).toBe(await heard());
    await dead.dispose();
  });

  it('its floor follows though there is always something owed', async () => {
    const held = await replica(nats.url, redis.url, () => Promise.reject(new Error('died')));
    const owe = (second: number) =>
      held.gate
        .within('t1', () => held.teller.tell(told({ second, entity: String(second), unit: '41' }), () => Promise.resolve()))
        .catch(() => undefined);
    await tell(one, { second: 1 });
    await owe(10);
    await tell(one, { second: 2 });
    const marked = await heard();
    await raise();
    const before = await floor();
    // Another debt is there before that one is paid.
    await owe(11);
    await tell(one, { second: 10, entity: '10', unit: '41' });

    await raise();

    expect(await floor()).toBe(marked);
    expect(await floor()).toBeGreaterThan(before);
    expect(await floor()).toBeLessThan(await heard());
    await held.dispose();
  });
});
