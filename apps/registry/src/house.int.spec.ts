import type { RoomChange } from '@roomwire/events';
import { natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { announced, provision, replica, tell, type Replica } from './testing/redis-replica.ts';
import { eventFor } from './testing/said.ts';

/** Found by generated histories: what is told of a house must be behind its doors' rooms, whichever of both came first. */
describe('a house and its door, told to two replicas on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let two: Replica;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    [one, two] = await Promise.all([replica(nats.url, redis.url), replica(nats.url, redis.url)]);
  });
  afterEach(async () => {
    await Promise.all([one.dispose(), two.dispose()]);
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const houseIn = (to: Replica, timeZone: string): Promise<unknown> => {
    const contents = { core: { name: 'House', timeZone, checkIn: null, checkOut: null } };
    const event = eventFor({
      ...{ via: 'push', kind: 'property', entity: '40', contents },
      ...{ modifiedAt: 1_000_000, observedAt: 0, providerDate: null, mapping: 1, epoch: 0 },
    });
    return to.gate.within('t1', () => to.teller.tell(event, () => Promise.resolve()));
  };
  const room = async () => ((await announced(one.bus, '.change.room.')).at(-1)!.body as RoomChange).data;

  it('shows a door as uncertain where its house was told in two ways before anybody knew the door', async () => {
    await houseIn(one, 'Europe/Rome');
    await houseIn(one, 'Europe/Berlin');

    await tell(one, { second: 1 });

    expect((await room()).ambiguous).toBe(true);
  });

  it('brings the zone to a door that another replica has met meanwhile', async () => {
    // Its watch tells nothing from here on: it hears of the house without knowing the door.
    await (Reflect.get(two.tables.units, 'follower') as { stop(): Promise<void> }).stop();
    await tell(one, { second: 1 });
    expect((await room()).timeZone).toBe('UTC');

    await houseIn(two, 'Europe/Rome');

    expect((await room()).timeZone).toBe('Europe/Rome');
    expect(await two.redis.zcard('rw:{t1}:owed')).toBe(0);
  });
});
