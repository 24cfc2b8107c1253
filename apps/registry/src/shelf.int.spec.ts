import {
  eventOf,
  facet,
  firstCatalogId,
  mappingKey,
  remapped,
  reviewKey,
  sideName,
  sidesHash,
  unitTypeId,
  type ConflictChange,
  type EntityRecord,
  type Kind,
  type RecordChange,
  type Review,
  type RoomChange,
} from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { ConflictTeller } from './conflict-teller.ts';
import { ShelfDeriver } from './shelf-deriver.ts';
import { ShelfStore } from './shelf-store.ts';
import { announced, provision, replica, type Replica } from './testing/redis-replica.ts';
import { unasked } from './unasked.ts';

const TYPE = unitTypeId('c1', 'dbl');
const DOOR = firstCatalogId('unit', 'c1', 'dbl');
/** Counted from yesterday: whoever arrived on day 0 is in the house at any hour of today. */
const day = (offset: number): string => new Date(Date.now() + (offset - 1) * 86_400_000).toISOString().slice(0, 10);
const tonight = day(1);

describe('shelves on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let two: Replica;
  let second = 0;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    [one, two] = await Promise.all([replica(nats.url, redis.url), replica(nats.url, redis.url)]);
    second = 0;
    one.sweep.start(100);
    two.sweep.start(100);
  });
  afterEach(async () => {
    await Promise.all([one.dispose(), two.dispose()]);
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  /** Each telling is newer than the one before it. */
  async function tell(kind: Kind, entity: string, facets: Record<string, unknown>, connection = 'c1'): Promise<void> {
    const stamp = { epoch: 0, modifiedAt: ++second * 1_000_000, rank: 0 as const, observedAt: 0, mapping: 1 };
    const data: EntityRecord = {
      ...{ kind, connection, entity },
      facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp)])),
    };
    const receivedAt = new Date().toISOString();
    const event = eventOf(data, { tenant: 't1', provider: 'hostaway', lane: 'live', receipt: `receipt-${second}`, receivedAt });
    const to = second % 2 ? one : two;
    await to.gate.within('t1', () => to.teller.tell(event, () => Promise.resolve()));
  }
  const stay = (entity: string, more: { status?: string; units?: string[]; unitType?: string } = {}, connection = 'c1') => {
    const { status = 'confirmed', units, unitType = 'dbl' } = more;
    const core = { status, arrival: day(0), departure: day(2), property: 'p', unitType, channel: null };
    return tell('reservation', entity, { core, ...(units ? { units: { units } } : {}) }, connection);
  };
  /** Until both know it: a stay that comes before is on a door that is taken for one. */
  async function type(quantity: number): Promise<void> {
    await tell('unit-type', 'dbl', { core: { property: 'p', name: 'Double', quantity } });
    await eventually(
      () => {
        for (const { catalogue } of [one, two]) {
          expect(catalogue.unitType('t1', TYPE)?.quantity).toBe(quantity);
          expect(catalogue.lookup('t1').id('unit', 'c1', 'dbl')).toBe(TYPE);
        }
      },
      { withinMs: 8000 },
    );
  }
  const unit = (entity: string) => tell('unit', entity, { core: { property: 'p', unitType: 'dbl', name: entity } });

  const heard = async () => (await announced(one.bus, '.change.conflict.')).map(({ body }) => body as ConflictChange);
  /** Kind, status and sides of each conflict as readers last heard of it. */
  const conflicts = async (): Promise<string[]> => {
    const last = new Map((await heard()).map(({ data }) => [data.id, data]));
    return [...last.values()].map(({ kind, status, sides }) => [kind, status, ...sides.map(sideName)].join(' ')).sort();
  };
  const expectConflicts = (...wanted: string[]) =>
    eventually(async () => expect(await conflicts()).toEqual(wanted), { withinMs: 8000 });
  const roomsOf = async () =>
    new Map(
      (await announced(one.bus, '.change.room.')).map(({ body }) => {
        const { type: verb, data } = body as RoomChange;
        return [data.unit, verb === 'roomwire.room.gone' ? 'gone' : (data.current?.reservation ?? 'empty')];
      }),
    );
  const unitsOf = async (entity: string) =>
    ((await announced(one.bus, `.change.reservation.c1.${entity}`)).at(-1)!.body as RecordChange).data.units;

  it('counts stays without a door against the quantity of their type', async () => {
    await type(2);
    await stay('1');
    await stay('2', { units: [] });
    await stay('3');
    await expectConflicts('overbooked checking c1/1 c1/2 c1/3');
    expect((await heard())[0]!.data).toMatchObject({ unitType: TYPE, unit: null, firstNight: day(0), lastNight: day(1) });
    expect(await unitsOf('3')).toEqual([]);

    await stay('2', { status: 'cancelled' });
    await expectConflicts('overbooked resolved c1/1 c1/2 c1/3');
  });

  it('is resolved by a door more, and back by a door less', async () => {
    await type(2);
    for (const entity of ['1', '2', '3']) await stay(entity);
    await expectConflicts('overbooked checking c1/1 c1/2 c1/3');
    await type(3);
    await expectConflicts('overbooked resolved c1/1 c1/2 c1/3');
    await type(2);
    await expectConflicts('overbooked checking c1/1 c1/2 c1/3');
  });

  it('takes what it took for a door for a type, once somebody tells that it has several', async () => {
    await stay('1');
    expect(await unitsOf('1')).toEqual([DOOR]);
    await eventually(async () => expect(await roomsOf()).toEqual(new Map([[DOOR, '1']])));

    await unit('101');
    await eventually(async () => expect(await unitsOf('1')).toEqual([]), { withinMs: 8000 });
    await eventually(async () => expect((await roomsOf()).get(DOOR)).toBe('gone'), { withinMs: 8000 });

    await stay('1', { units: ['101'] });
    expect((await roomsOf()).get(firstCatalogId('unit', 'c1', '101'))).toBe('1');
    await stay('2');
    await expectConflicts('overbooked checking c1/1 c1/2');
  });

  it('puts a stay over three doors into three rooms', async () => {
    for (const entity of ['101', '102', '103']) await unit(entity);
    await stay('1', { units: ['101', '102', '103'] });
    const rooms = await roomsOf();
    expect(['101', '102', '103'].map((entity) => rooms.get(firstCatalogId('unit', 'c1', entity)))).toEqual(['1', '1', '1']);
    await stay('2');
    await expectConflicts('overbooked checking c1/1 c1/2');
  });

  it('sees two prices for one door once two PMSs’ records of it are linked', async () => {
    const rate = (amountMinor: number) => ({ [tonight]: { price: { amountMinor, currency: 'EUR' }, minimumStay: null } });
    const at = `dbl:${tonight.slice(0, 7)}`;
    await stay('1');
    await stay('9', { status: 'cancelled' }, 'c2');
    await tell('rate', at, rate(100), 'c1');
    await tell('rate', at, rate(120), 'c2');
    const key = mappingKey('t1', 'unit', 'c2', 'dbl');
    const own = firstCatalogId('unit', 'c2', 'dbl');
    const link = async (to: string): Promise<void> => {
      const { value, seq } = (await one.tables.mappings.entryFromLeader(key))!;
      await one.tables.mappings.update(key, remapped(value!, to), seq);
    };

    await link(DOOR);
    await eventually(async () => expect((await conflicts()).map((each) => each.split(' ')[0])).toEqual(['price']), {
      withinMs: 8000,
    });
    expect((await heard()).at(-1)!.data).toMatchObject({
      unit: DOOR,
      unitType: null,
      sides: [{ lowestMinor: 100 }, { lowestMinor: 120 }],
    });

    await link(own);
    await eventually(async () => expect((await heard()).at(-1)!.data.status).toBe('resolved'), { withinMs: 8000 });
  });

  it('sees a message under two ids, until one of them is gone', async () => {
    const message = {
      conversation: '7',
      reservation: null,
      direction: 'incoming',
      body: 'Late',
      sentAt: new Date().toISOString(),
    };
    await tell('message', 'a', { core: message });
    await tell('message', 'b', { core: message });
    await expectConflicts('message checking c1/a c1/b');
    await tell('message', 'b', { existence: { state: 'gone' } });
    await expectConflicts('message resolved c1/a c1/b');
  });

  it('remembers which of two messages counts, and has both read again when somebody wants that', async () => {
    const core = { conversation: '7', reservation: null, direction: 'incoming', body: 'Late', sentAt: new Date().toISOString() };
    await tell('message', 'a', { core });
    await tell('message', 'b', { core });
    await expectConflicts('message checking c1/a c1/b');
    const { id, place, sides } = (await heard())[0]!.data;
    const decided = { conflict: id, place, sides: sidesHash(sides), by: 'spec', at: new Date().toISOString(), reason: 'one' };
    const decide = (choice: Partial<Review>) =>
      one.tables.reviews.put(reviewKey('t1', place, id), { ...decided, ...choice } as Review);

    await decide({ choice: 'chosen', chosen: { what: 'message', connection: 'c1', entity: 'b' } });
    await expectConflicts('message chosen c1/a c1/b');
    expect((await heard()).at(-1)!.data.chosen).toMatchObject({ entity: 'b' });
    expect((await one.conflicts.held('t1', [id]))[0]!.state.status).toBe('chosen');
    await decide({ choice: 'reread' });
    await expectConflicts('message checking c1/a c1/b');
    expect((await heard()).at(-1)!.data.reread).toMatchObject({ asked: decided.at, sides: [{ entity: 'a' }, { entity: 'b' }] });
  });

  it('tells the same after Redis was wiped, and nothing twice', async () => {
    await type(2);
    for (const entity of ['1', '2', '3']) await stay(entity);
    await expectConflicts('overbooked checking c1/1 c1/2 c1/3');
    const before = (await heard()).length;

    await one.redis.flushall();
    await stay('4', { status: 'inquiry' });
    await eventually(async () => expect(await one.redis.exists('rw:{t1}:epoch:3')).toBe(1));
    await stay('2', { status: 'cancelled' });

    await expectConflicts('overbooked resolved c1/1 c1/2 c1/3');
    expect(await heard()).toHaveLength(before + 1);
  });

  it('leaves a conflict alone while a bucket of its sides is still to be looked at', async () => {
    await type(2);
    for (const entity of ['1', '2', '3']) await stay(entity);
    await expectConflicts('overbooked checking c1/1 c1/2 c1/3');
    const before = (await heard()).length;
    const { place } = (await heard())[0]!.data;
    await Promise.all([one.sweep.stop(), two.sweep.stop()]);
    await one.redis.flushall();

    const shelves = new ShelfStore(one.redis, one.memory);
    const looks = new ShelfDeriver(shelves, one.catalogue, new ConflictTeller(one.bus, shelves, one.reads), one.reads);
    const look = (name: string) => one.gate.within('t1', () => looks.look('t1', name, unasked('t1')));
    const months = new Set([day(0), day(1)].map((night) => night.slice(0, 7)));
    await one.gate.attach('t1');
    await look(`look/${place}`);
    expect(await heard()).toHaveLength(before);
    for (const month of months) await look(`sale/c1/dbl/${month}`);
    await look(`look/${place}`);
    expect(await heard()).toHaveLength(before);

    await stay('2', { status: 'cancelled' });
    await look(`look/${place}`);
    expect(await heard()).toHaveLength(before);
    for (const month of months) await look(`sale/c1/dbl/${month}`);
    expect(await conflicts()).toEqual(['overbooked resolved c1/1 c1/2 c1/3']);
  });

  it('says that a conflict is over which a replica was about to tell when it died', async () => {
    await type(2);
    for (const entity of ['1', '2', '3']) await stay(entity);
    await expectConflicts('overbooked checking c1/1 c1/2 c1/3');
    // As it is left by who announced and died: Redis knows of an intention, and readers know more.
    const { data } = (await heard())[0]!;
    const intended = { state: data, revision: 0, stateSeq: 0, unheard: true };
    await one.redis.hset(`rw:{t1}:shelf:${data.place}:conflicts`, data.id, JSON.stringify(intended));

    await stay('2', { status: 'cancelled' });
    await expectConflicts('overbooked resolved c1/1 c1/2 c1/3');
  });

  it('contradicts a calendar that was read after the stay', async () => {
    await stay('1');
    const at = Date.now() + 60_000;
    const stamp = { epoch: 0, modifiedAt: at * 1000, rank: 1 as const, observedAt: at * 1000, mapping: 1 };
    const night = facet({ available: 1, closed: false }, stamp);
    const data: EntityRecord = {
      kind: 'availability',
      connection: 'c1',
      entity: `dbl:${tonight.slice(0, 7)}`,
      facets: { [tonight]: night },
    };
    const told = {
      tenant: 't1',
      provider: 'hostaway',
      lane: 'live',
      receipt: 'receipt-calendar',
      receivedAt: new Date().toISOString(),
    } as const;
    await one.teller.tell(eventOf(data, told), () => Promise.resolve());

    await eventually(async () => expect((await conflicts()).map((each) => each.split(' ')[0])).toEqual(['availability']), {
      withinMs: 8000,
    });
    expect((await heard()).at(-1)).toMatchObject({
      pipeline: 'availability',
      data: { unit: DOOR, firstNight: tonight, lastNight: tonight },
    });

    await stay('1', { status: 'cancelled' });
    await eventually(async () => expect((await heard()).at(-1)!.data.status).toBe('resolved'), { withinMs: 8000 });
  });
});
