import fc from 'fast-check';
import { canonicalJson, type EntityRecord, type RecordChange, type RoomChange } from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { keysOf } from './keys.ts';
import { Rewound } from './record-store.ts';
import { requireNoEviction } from './redis-policy.ts';
import { unasked } from './unasked.ts';
import {
  announced,
  provision,
  replica,
  tell,
  told,
  type Announced,
  type Replica,
  type Telling,
} from './testing/redis-replica.ts';

const NAME = 'reservation/c1/1';
const revisions = (all: Announced[]): number[] => all.map(({ body }) => body.revision);
const rising = (numbers: number[]): boolean => numbers.every((each, index) => index === 0 || each > numbers[index - 1]!);
const guests = (all: Announced[]): unknown[] =>
  all.map(({ body }) => (body as RecordChange).data.record.facets['guest']!.content);
const roomGuests = (all: Announced[]): unknown[] => all.map(({ body }) => (body as RoomChange).data.current?.guest ?? null);

describe('the registry on real servers', () => {
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

  const records = () => announced(one.bus, '.change.reservation.');
  const rooms = () => announced(one.bus, '.change.room.');

  it('announces the record and its room once for a fact told twice', async () => {
    expect((await tell(one, { second: 1 })).outcome).toBe('applied');
    expect((await tell(one, { second: 1 })).outcome).toBe('duplicate');

    expect(revisions(await records())).toEqual([1]);
    expect(roomGuests(await rooms())).toEqual(['Ada']);
  });

  it('applies what is told of a record together one after the other, and announces it and its room once', async () => {
    const told = await Promise.all([
      tell(one, { second: 1, guest: 'Ada' }),
      tell(one, { second: 3, guest: 'Grace' }),
      tell(one, { second: 3, guest: 'Grace' }),
      tell(one, { second: 2, guest: 'Barbara' }),
    ]);

    expect(told.map(({ outcome, revision }) => [outcome, revision])).toEqual([
      ['applied', 1],
      ['applied', 2],
      ['duplicate', 2],
      ['stale', 2],
    ]);
    const heldBefore = told.map(({ held }) => (held?.facets['guest']?.content as { name: string } | undefined)?.name);
    expect(heldBefore).toEqual([undefined, 'Ada', 'Grace', 'Grace']);
    expect(revisions(await records())).toEqual([2]);
    expect(roomGuests(await rooms())).toEqual(['Grace']);
    expect(await one.records.read('t1', NAME)).toMatchObject({ announced: 2, revision: 2, etag: 1 });
  });

  it('lets nothing older overwrite, and says so', async () => {
    await tell(one, { second: 2, guest: 'Newer' });

    expect((await tell(one, { second: 1, guest: 'Older' })).outcome).toBe('stale');
    expect(guests(await records())).toEqual([expect.objectContaining({ name: 'Newer' })]);
  });

  it('tells a confirmation to the stream and leaves the room alone', async () => {
    await tell(one, { second: 1 });
    await tell(one, { second: 2 });

    expect((await records()).map(({ body }) => body.type)).toEqual([
      'roomwire.reservation.changed',
      'roomwire.reservation.confirmed',
    ]);
    expect(await rooms()).toHaveLength(1);
  });

  it('announces what a crashed replica wrote and nobody heard', async () => {
    await tell(one, { second: 1 });
    const stored = await one.records.read('t1', NAME);
    const event = told({ second: 2, guest: 'Grace' });
    const write = {
      record: event.data,
      doc: canonicalJson(event.data),
      revision: 2,
      place: stored!.place,
      confirmed: false,
      touched: stored!.place.units,
      ...{ buckets: stored!.buckets, touchedBuckets: [], waits: true },
    };
    await one.records.write('t1', NAME, stored, write, {
      tenant: 't1',
      provider: 'hostaway',
      lane: 'live',
      receivedAt: event.receivedat,
    });

    one.sweep.start();

    await eventually(async () => {
      expect(guests(await records()).at(-1)).toMatchObject({ name: 'Grace' });
      expect(roomGuests(await rooms())).toEqual(['Ada', 'Grace']);
    });
    expect(revisions(await records())).toEqual([1, 2]);
  });

  it('derives the room that a crash left dirty when its fact is told again', async () => {
    await tell(one, { second: 1 });
    const { dirty } = keysOf('t1');
    const [unit] = (await one.records.read('t1', NAME))!.place.units;
    await one.units.touch('t1', unit!);
    expect(await one.redis.zcard(dirty)).toBe(1);

    expect((await tell(one, { second: 1 })).outcome).toBe('duplicate');

    expect(await one.redis.zcard(dirty)).toBe(0);
  });

  it('concludes nothing from a memory that is not the one it knew, not even that a fact is a duplicate', async () => {
    await tell(one, { second: 1 });
    await one.redis.del(keysOf('t1').epoch);

    for (const second of [1, 2])
      await expect(one.teller.tell(told({ second }), () => Promise.resolve())).rejects.toThrow(Rewound);
  });

  it('pays the debt of a redelivered event whose fact is a duplicate', async () => {
    await tell(one, { second: 1 });
    await one.redis.hset(keysOf('t1').record(NAME), { announced: 0, stateSeq: 0 });

    expect((await tell(one, { second: 1 })).outcome).toBe('duplicate');

    // Its PubAck had been lost: the message was there, and is not told again.
    expect(revisions(await records())).toEqual([1]);
    expect(await one.records.read('t1', NAME)).toMatchObject({ announced: 1, revision: 1 });
  });

  it('joins what STATE says with what Redis says when the two have grown apart', async () => {
    await tell(one, { second: 5, guest: 'Heard' });
    await one.redis.del(keysOf('t1').record(NAME));

    // Redis knows nothing of the record: an older fact looks new until the subject refuses it.
    await tell(one, { second: 3, guest: 'Older' });

    const all = await records();
    expect(guests(all).at(-1)).toMatchObject({ name: 'Heard' });
    expect(rising(revisions(all))).toBe(true);
    expect((await one.records.read('t1', NAME))!.record.facets['guest']!.content).toMatchObject({ name: 'Heard' });
  });

  it('rebuilds a wiped Redis before it believes anything', async () => {
    await tell(one, { second: 5, guest: 'Ada' });
    await tell(one, { entity: '2', unit: '41', second: 5, guest: 'Grace' });
    await one.redis.flushall();

    expect((await tell(one, { second: 3, guest: 'Older' })).outcome).toBe('stale');
    expect((await tell(one, { second: 6, guest: 'Newer' })).outcome).toBe('applied');

    expect(revisions(await records()).filter((_, index) => index !== 1)).toEqual([1, 2]);
    expect((await one.records.read('t1', 'reservation/c1/2'))!.record.facets['guest']!.content).toMatchObject({
      name: 'Grace',
    });
    for (const unit of new Set((await rooms()).map(({ subject }) => subject))) {
      expect(rising(revisions((await rooms()).filter(({ subject }) => subject === unit)))).toBe(true);
    }
  });

  it('notices a Redis that was set back while it looked, and takes up what STATE knows', async () => {
    await tell(one, { second: 1, guest: 'Ada' });
    const record = await one.redis.hgetall(keysOf('t1').record(NAME));
    const counter = await one.redis.get(keysOf('t1').counter);
    await tell(one, { second: 5, guest: 'Grace' });
    await one.redis.set(keysOf('t1').counter, counter!);
    await one.redis.del(keysOf('t1').record(NAME));
    await one.redis.hset(keysOf('t1').record(NAME), record);

    expect((await tell(one, { second: 3, guest: 'Older' })).outcome).toBe('stale');

    expect(guests(await records()).at(-1)).toMatchObject({ name: 'Grace' });
  });

  it('ends in one record and rising revisions whatever two replicas are told, and in what order', async () => {
    const two = await replica(nats.url, redis.url);
    let run = 0;
    try {
      const telling: fc.Arbitrary<Telling> = fc.record({
        ...{
          guest: fc.constantFrom('Ada', 'Grace', 'Joan'),
          unit: fc.constantFrom('40', '41'),
          second: fc.integer({ min: 1, max: 4 }),
        },
        read: fc.constantFrom(0, 0, 7, 8),
      });
      const history = fc.array(fc.tuple(telling, fc.boolean()), { minLength: 2, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(history, fc.gen(), async (tellings, gen) => {
          const entities = [`a${++run}`, `b${run}`];
          const orders = [tellings, gen(() => fc.shuffledSubarray(tellings, { minLength: tellings.length }))];
          for (const [index, entity] of entities.entries())
            await Promise.all(orders[index]!.map(([each, first]) => tell(first ? one : two, { ...each, entity })));

          const [left, right] = await Promise.all(
            // Through the gate: a history that only the other replica was told leaves this one without a word of the new memory.
            entities.map(
              async (entity) => (await one.gate.within('t1', () => one.records.read('t1', `reservation/c1/${entity}`)))!.record,
            ),
          );
          expect(withoutName(left!)).toBe(withoutName(right!));
          for (const entity of entities) {
            const all = await announced(one.bus, `.change.reservation.c1.${entity}`);
            const mine = all.filter(({ subject }) => subject.endsWith(`.${entity}`));
            expect(rising(revisions(mine))).toBe(true);
            expect(asHeard((mine.at(-1)!.body as RecordChange).data.record)).toEqual(asHeard(left!));
          }
        }),
        { numRuns: 40 },
      );
      const all = await rooms();
      for (const unit of new Set(all.map(({ subject }) => subject)))
        expect(rising(revisions(all.filter(({ subject }) => subject === unit)))).toBe(true);
    } finally {
      await two.dispose();
    }
  }, 60_000);

  it('lets no derivation that began earlier tell a picture that has changed back since', async () => {
    const doomed = await replica(nats.url, redis.url, () => Promise.reject(new Error('died')));
    await tell(one, { second: 1, guest: 'Ada' });
    const [heardRoom] = await rooms();
    const { unit } = (heardRoom!.body as RoomChange).data;
    await expect(tell(doomed, { second: 2, guest: 'Grace' })).rejects.toThrow('died');
    // A slow replica begins to tell of Grace ...
    const slow = await one.units.read('t1', unit, []);
    // ... while another is told that it is Ada again, which is what readers believe anyway.
    await tell(one, { second: 3, guest: 'Ada' });

    const late = one.bus.publish(heardRoom!.subject, {}, { id: 'late', expectLast: slow.stateSeq });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    expect(roomGuests(await rooms())).toEqual(['Ada', 'Ada']);
    await doomed.dispose();
  });

  it('derives a room once more, for all who come while it is being derived', async () => {
    await tell(one, { second: 1, guest: 'Ada' });
    const [unit] = (await one.records.read('t1', NAME))!.place.units;
    const read = one.units.read.bind(one.units);
    let reads = 0;
    Object.assign(one.units, {
      read: (...of: Parameters<typeof read>) => {
        reads++;
        return read(...of);
      },
    });
    await one.units.touch('t1', unit!);
    const derived = [1, 2, 3, 4, 5].map(() => one.rooms.derive('t1', unit!, 'booking', unasked('t1')));
    // While the first is under way: it cannot know of this.
    const during = one.units.touch('t1', unit!);
    await Promise.all([...derived, during]);
    expect(reads).toBe(2);
    await one.rooms.derive('t1', unit!, 'booking', unasked('t1'));
    expect([reads, await one.redis.zcard(keysOf('t1').dirty)]).toEqual([3, 0]);
  });

  it('keeps a record, and a room, in one piece', async () => {
    await tell(one, { second: 1 });
    await tell(one, { second: 2, guest: 'x'.repeat(500) });
    const { record, unit } = keysOf('t1');
    const [room] = await rooms();

    expect(await one.redis.object('ENCODING', record(NAME))).toBe('listpack');
    expect(await one.redis.object('ENCODING', unit((room!.body as RoomChange).data.unit))).toBe('listpack');
  });

  it('refuses a Redis that may forget to make room', async () => {
    await expect(requireNoEviction(one.redis)).resolves.toBeUndefined();
    await one.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(requireNoEviction(one.redis)).rejects.toThrow(/set it to noeviction/);
  });
});

const withoutName = ({ facets }: EntityRecord): string => canonicalJson(facets);

/** What readers must know. A later look at the same content raises a floor that only Redis keeps (ARCHITECTURE.md §5). */
const asHeard = ({ facets }: EntityRecord) =>
  Object.fromEntries(
    Object.entries(facets).map(([name, { content, version, tied, settled }]) => [
      name,
      { content, epoch: version.epoch, modifiedAt: version.modifiedAt, open: tied === true && settled !== true },
    ]),
  );
