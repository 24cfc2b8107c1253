import { canonicalJson, firstCatalogId, mappingKey, remapped, type RecordChange, type RoomChange } from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { moved } from './core/move.ts';
import { keysOf } from './keys.ts';
import { announced, provision, replica, tell, type Replica, type Telling } from './testing/redis-replica.ts';

const HERE = firstCatalogId('unit', 'c1', '40');
const THERE = firstCatalogId('unit', 'c2', '7');
const KEY = mappingKey('t1', 'unit', 'c2', '7');
const NAME = 'reservation/c2/9';
const grace: Telling = { connection: 'c2', entity: '9', unit: '7', guest: 'Grace', second: 1 };

describe('two PMSs’ records of one door, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let two: Replica;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    [one, two] = await Promise.all([replica(nats.url, redis.url), replica(nats.url, redis.url)]);
    await tell(one, { second: 1 });
    await tell(two, grace);
  });
  afterEach(async () => {
    await Promise.all([one.dispose(), two.dispose()]);
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  /** As `roomwire unit link` and `unlink` do. */
  const means = async (unit: string): Promise<void> => {
    const { value, seq } = (await one.tables.mappings.entryFromLeader(KEY))!;
    await one.tables.mappings.update(KEY, remapped(value!, unit), seq);
  };
  const heardOf = async (unit: string) =>
    (await announced(one.bus, '.change.room.')).flatMap(({ body }) =>
      (body as RoomChange).data.unit === unit ? [body as RoomChange] : [],
    );
  const roomOf = async (unit: string) => (await heardOf(unit)).at(-1)!;
  const recordsHeard = async () => (await announced(one.bus, '.change.reservation.c2.')).map(({ body }) => body as RecordChange);
  const placeOf = async (of: Replica = one) => (await of.gate.within('t1', () => of.records.read('t1', NAME)))!.place.units;

  const isLinked = () =>
    eventually(
      async () => {
        expect(await placeOf()).toEqual([HERE]);
        expect((await roomOf(HERE)).data.conflicts).toHaveLength(1);
        expect((await roomOf(THERE)).type).toBe('roomwire.room.gone');
      },
      { withinMs: 10_000 },
    );

  it('stand on one unit once it is linked, and what overlaps is seen', async () => {
    expect((await roomOf(HERE)).data.conflicts).toEqual([]);
    const [property] = (await recordsHeard()).map(({ data }) => data.property);
    one.sweep.start(100);
    two.sweep.start(100);

    await means(HERE);

    await isLinked();
    const told = await recordsHeard();
    expect(told.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(told[1]).toMatchObject({
      type: 'roomwire.reservation.changed',
      source: '/pms/hostaway/c2',
      data: { property: one.catalogue.unit('t1', HERE)!.property, units: [HERE], previous: { property, units: [THERE] } },
    });
    expect(canonicalJson(told[1]!.data.record)).toBe(canonicalJson(told[0]!.data.record));
    // Whoever was last to hear of the link, a unit that is gone is vacant, stays so, and is listed no more.
    const left = await heardOf(THERE);
    for (const { data } of left.slice(left.findIndex(({ type }) => type === 'roomwire.room.gone')))
      expect(data).toMatchObject({ current: null, occupancy: { state: 'vacant' } });
    expect(one.catalogue.units('t1').map(({ id }) => id)).toEqual([HERE]);
    for (const unit of [HERE, THERE]) {
      const revisions = (await heardOf(unit)).map(({ revision }) => revision);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    }
  });

  it('and what is told afterwards stands there too', async () => {
    await means(HERE);
    await eventually(() => expect(two.tables.mappings.get(KEY)!.id).toBe(HERE));

    await tell(two, { ...grace, entity: '10' });

    expect((await two.records.read('t1', 'reservation/c2/10'))!.place.units).toEqual([HERE]);
  });

  it('stand apart again once it is unlinked', async () => {
    one.sweep.start(100);
    two.sweep.start(100);
    await means(HERE);
    await isLinked();

    await means(THERE);

    await eventually(
      async () => {
        expect(await placeOf()).toEqual([THERE]);
        expect((await roomOf(HERE)).data).toMatchObject({ conflicts: [], current: { guest: 'Ada' } });
        expect(await roomOf(THERE)).toMatchObject({ type: 'roomwire.room.changed', data: { current: { guest: 'Grace' } } });
      },
      { withinMs: 10_000 },
    );
    expect(one.catalogue.units('t1')).toHaveLength(2);
  });

  it('a door that nothing stands on is gone, and back, all the same', async () => {
    await tell(one, { ...grace, second: 2, unit: '40' });
    one.sweep.start(100);
    await means(HERE);
    await eventually(async () => expect((await roomOf(THERE)).type).toBe('roomwire.room.gone'), { withinMs: 10_000 });

    await means(THERE);

    await eventually(async () => expect((await roomOf(THERE)).type).toBe('roomwire.room.changed'), { withinMs: 10_000 });
  });

  it('are moved by a replica that was not there when the link was made', async () => {
    await means(HERE);
    const three = await replica(nats.url, redis.url);
    try {
      three.sweep.start(100);
      await isLinked();
    } finally {
      await three.dispose();
    }
  });

  it('a door that nothing stands on is gone though nobody was there when the link was made', async () => {
    await tell(one, { ...grace, second: 2, unit: '40' });
    await means(HERE);
    const three = await replica(nats.url, redis.url);
    try {
      three.sweep.start(100);
      await eventually(async () => expect((await roomOf(THERE)).type).toBe('roomwire.room.gone'), { withinMs: 10_000 });
    } finally {
      await three.dispose();
    }
  });

  it('are moved again where Redis was lost and STATE knew them elsewhere', async () => {
    one.sweep.start(100);
    // Nobody has heard of the move: STATE holds the record where it stood.
    await means(HERE);
    await one.redis.flushall();

    await isLinked();
    const revisions = (await recordsHeard()).map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  });

  it('are told where they are now by a replica that finds an older place announced', async () => {
    const { stored, place } = { stored: await one.records.read('t1', NAME), place: { property: 'p-elsewhere', units: [HERE] } };
    const [write, cause] = [moved(stored!, place)!, { tenant: 't1', provider: 'hostaway', lane: 'live' } as const];
    await one.records.write('t1', NAME, stored, write, { ...cause, receivedAt: new Date().toISOString() });
    // As where another replica has announced the place before, and has not noted it yet.
    await one.redis.hset(keysOf('t1').record(NAME), { stateSeq: 0, announced: 0 });

    await one.gate.within('t1', () => one.announcer.announce('t1', NAME, { ...cause, receivedAt: new Date().toISOString() }));

    expect(await placeOf()).toEqual([HERE]);
    expect((await recordsHeard()).at(-1)!.data).toMatchObject({ property: 'p-elsewhere', units: [HERE] });
  });

  it('are moved by a later sweep where somebody still told by the old catalogue', async () => {
    one.sweep.start(100);
    await means(HERE);
    await isLinked();
    const stored = await one.records.read('t1', NAME);
    const place = { property: stored!.place.property, units: [THERE] };
    const { record } = stored!;
    const write = { record, doc: canonicalJson(record), revision: stored!.revision + 1, place, confirmed: false };
    const buckets = { buckets: stored!.buckets, touchedBuckets: [], waits: true };
    const cause = { tenant: 't1', provider: 'hostaway', lane: 'live', receivedAt: new Date().toISOString() } as const;

    await one.records.write('t1', NAME, stored, { ...write, ...buckets, touched: [HERE, THERE] }, cause);

    await eventually(async () => expect(await placeOf()).toEqual([HERE]), { withinMs: 10_000 });
    expect((await roomOf(THERE)).type).toBe('roomwire.room.gone');
  });
});

describe('a connection that was reset, on real servers', () => {
  it('outranks what it told before, however old its stamps', async () => {
    await using nats = await natsServer();
    await using redis = await redisServer();
    await provision(nats.url);
    const one = await replica(nats.url, redis.url);
    try {
      await tell(one, { second: 9, guest: 'Ada' });
      expect((await tell(one, { second: 5, guest: 'Grace' })).outcome).toBe('stale');

      expect((await tell(one, { second: 5, guest: 'Grace', epoch: 1 })).outcome).toBe('applied');

      expect((await tell(one, { second: 10, guest: 'Ada' })).outcome).toBe('stale');
      const heard = (await announced(one.bus, '.change.room.')).at(-1)!.body as RoomChange;
      expect(heard.data.current?.guest).toBe('Grace');
    } finally {
      await one.dispose();
    }
  });
});
