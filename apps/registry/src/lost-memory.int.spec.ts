import type { RecordChange, RoomChange } from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { redisLedger } from '@roomwire/jetstream';
import { createLog } from '@roomwire/telemetry';
import { EpochStore } from './epoch-store.ts';
import { Feed } from './feed.ts';
import { keysOf } from './keys.ts';
import { Memory } from './memory.ts';
import { Reads } from './reads.ts';
import { Rebuild } from './rebuild.ts';
import { RecordStore, Rewound } from './record-store.ts';
import { ShelfStore } from './shelf-store.ts';
import { causeOf } from './teller.ts';
import { announced, provision, replica, tell, told, type Replica, type Telling } from './testing/redis-replica.ts';
import { UnitStore } from './unit-store.ts';

const NAME = 'reservation/c1/1';

describe('a memory that is lost between a write and what becomes of it, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let two: Replica;
  /** What `two` comes to between write and announcement. */
  let pause: () => Promise<void>;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    pause = () => Promise.resolve();
    await provision(nats.url);
    one = await replica(nats.url, redis.url);
    two = await replica(nats.url, redis.url, () => pause());
  });
  afterEach(async () => {
    await Promise.all([one.dispose(), two.dispose()]);
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const guestHeld = async () =>
    (await one.gate.within('t1', () => one.records.read('t1', NAME)))?.record.facets['guest']?.content;
  const lastGuest = async () =>
    ((await announced(one.bus, '.change.reservation.c1.1')).at(-1)!.body as RecordChange).data.record.facets['guest']!.content;
  const expectRising = async () => {
    const seen = new Map<string, number>();
    for (const { subject, body } of await announced(one.bus)) {
      expect(body.revision).toBeGreaterThan(seen.get(subject) ?? 0);
      seen.set(subject, body.revision);
    }
  };

  /** Many round trips: as long as another process takes to find a new memory and to go by it. */
  const tellMuch = async () => {
    for (let second = 1; second <= 50; second++) await tell(one, { entity: '3', unit: '42', second });
  };

  /** `two` writes, and is held before it announces. */
  async function writtenAndHeld(telling: Telling, tellTwo = (each: Telling): Promise<unknown> => tell(two, each)) {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    pause = () => {
      pause = () => Promise.resolve();
      reached.resolve();
      return held.promise;
    };
    const done = tellTwo(telling);
    await reached.promise;
    return { done, goOn: held.resolve };
  }

  it('a fact that was written and not announced is told again to the memory that was rebuilt without it', async () => {
    await tell(one, { second: 1 });
    const { done, goOn } = await writtenAndHeld({ second: 2, guest: 'Grace' });
    await one.redis.flushall();
    // Readers hear of the rebuilt record first: it says nothing that they had not heard but a floor, and Grace is not in it.
    await tell(one, { second: 1, status: 'checked-in', read: 7 });
    // The process that is held would go by the new memory now, were none of its work under way.
    const other = tell(two, { entity: '2', unit: '41', second: 1 });
    await Promise.race([other, tellMuch()]);

    goOn();

    await Promise.all([done, other]);
    expect(await guestHeld()).toMatchObject({ name: 'Grace' });
    expect(await lastGuest()).toMatchObject({ name: 'Grace' });
    await expectRising();
  });

  it('an announcement that came through is known to the memory that was rebuilt before it', async () => {
    await tell(one, { second: 1 });
    await tell(two, { second: 1 });
    // As if the process died when it is refused: nobody tells the fact again.
    const once = (telling: Telling) => two.teller.tell(told(telling), () => Promise.resolve());
    const { done, goOn } = await writtenAndHeld({ second: 3, guest: 'Grace' }, once);
    await one.redis.flushall();
    await tell(one, { entity: '2', unit: '41', second: 1 });

    goOn();

    await expect(done).rejects.toThrow(Rewound);
    expect(await lastGuest()).toMatchObject({ name: 'Grace' });
    expect(await guestHeld()).toMatchObject({ name: 'Grace' });
    expect((await tell(one, { second: 2, guest: 'Joan' })).outcome).toBe('stale');
    await expectRising();
  });

  it('a room that was derived from it is derived again, though the new memory believes that readers saw it as it is', async () => {
    await tell(one, { second: 1 });
    const { body } = (await announced(one.bus, '.change.room.')).at(-1)!;
    const { unit } = (body as RoomChange).data;
    await tell(two, { second: 1 });
    // Of a memory in which it was Grace's for a moment: no fact of that is left.
    const facts = await two.gate.within('t1', () => two.units.read('t1', unit, []));
    const grace = facts.records.map((record) => ({
      ...record,
      facets: {
        ...record.facets,
        guest: { ...record.facets['guest']!, content: { name: 'Grace', adults: null, children: null } },
      },
    }));
    await one.redis.flushall();
    await tell(one, { entity: '2', unit: '41', second: 1 });
    one.sweep.start();

    const late = two.rooms.derive('t1', unit, 'booking', causeOf(told({ second: 1 })), { ...facts, revision: 2, records: grace });

    await expect(late).rejects.toThrow(Rewound);
    await eventually(async () => {
      const mine = (await announced(one.bus, '.change.room.')).filter(({ subject }) => subject.endsWith(unit));
      expect(mine.map((each) => (each.body as RoomChange).data.current?.guest)).toEqual(['Ada', 'Grace', 'Ada']);
    });
    await expectRising();
  });

  it('is filled again where it was wiped while it was filled', async () => {
    for (const entity of ['1', '2', '3']) await tell(one, { entity, unit: `4${entity}`, second: 1 });
    await one.redis.flushall();
    const memory = new Memory();
    const { bus, catalogue, nc, redis: client, rooms } = two;
    const [records, units] = [new RecordStore(client, memory), new UnitStore(client, memory)];
    const shelves = new ShelfStore(client, memory);
    const feed = new Feed(nc, { records, units, shelves }, catalogue, new Reads(bus, redisLedger(client), catalogue));
    let fed = 0;
    const said: unknown[] = [];
    const wipedAfter: Pick<Feed, 'run'> = {
      run: async (tenant, feeding) => {
        const done = await feed.run(tenant, feeding);
        said.push(rebuild.waits()['tenant t1']);
        if (++fed > 1) return done;
        await client.flushall();
        // Others have written since: by its counter alone it does not look lost.
        await client.incrby(keysOf('t1').counter, 1_000_000);
        return done;
      },
    };
    const log = createLog('registry', 'silent');

    const rebuild = new Rebuild(nc, new EpochStore(client, memory), wipedAfter, units, rooms, log);

    await rebuild.run('t1');

    expect(fed).toBe(2);
    expect(said[0]).toMatch(/^rebuilding: 6 of 6 messages of STATE fed into redis in \d+\.\d s, about 0\.0 s to go$/);
    expect(rebuild.waits()).toEqual({});
    for (const entity of ['1', '2', '3']) expect((await records.read('t1', `reservation/c1/${entity}`))?.revision).toBe(1);
  });
});
