import { facet, type ConflictChange, type EntityRecord, type Kind, type RecordChange, type RoomChange } from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { createLog } from '@roomwire/telemetry';
import { Forgetter } from './forgetter.ts';
import { announced, provision, replica, tell, told, type Replica, type Telling } from './testing/redis-replica.ts';

const LONG_AGO: Telling = { second: 2, leavesInDays: -10 };
const DAY_MS = 86_400_000;
const NAME = 'reservation/c1/1';
const SUBJECT = '.change.reservation.c1.1';

describe('what lies past the horizon, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  /** Keeps a stay for 400 days, and the other for five. */
  let patient: Replica;
  let strict: Replica;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    patient = await replica(nats.url, redis.url);
    strict = await replica(nats.url, redis.url, undefined, { horizonDays: 5 });
  });
  afterEach(async () => {
    await Promise.all([patient.dispose(), strict.dispose()]);
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const heard = async (part = SUBJECT) => (await announced(patient.bus, part)).map(({ body }) => body as RecordChange);
  const held = async (name = NAME) => (await strict.gate.within('t1', () => strict.records.read('t1', name)))?.record ?? null;
  /** Every key that names the record, and of which kind. */
  const keysNaming = async (name: string) => {
    const found: string[] = [];
    for (const key of await patient.redis.keys('rw:{t1}:*')) {
      const type = await patient.redis.type(key);
      const members =
        type === 'set' ? await patient.redis.smembers(key) : type === 'zset' ? await patient.redis.zrange(key, '0', '-1') : [];
      if (key.includes(name) || members.includes(name)) found.push(key);
    }
    return found;
  };
  const forgetterOf = (of: Replica, records: Partial<Replica['records']> = {}, days = 5) =>
    new Forgetter(
      of.bus,
      of.memory,
      Object.assign(Object.create(of.records) as Replica['records'], records),
      of.conflicts,
      of.rooms,
      days,
      createLog('registry', 'silent'),
    );
  /** The broker takes a record that begins anew for the one of two minutes ago. In life there are days between. */
  const tellSoon = async (to: Replica, telling: Telling): Promise<void> => {
    const jsm = await patient.bus.jsm();
    await jsm.streams.update('STATE_t1', { duplicate_window: 100_000_000 });
    await eventually(() => tell(to, telling));
  };
  const sweepOnce = (forgetter = forgetterOf(strict)) => strict.gate.within('t1', () => forgetter.sweep('t1'));

  it('is refused at the door where nothing is held of it, and leaves no trace', async () => {
    const answer = await tell(strict, LONG_AGO);

    expect(answer).toMatchObject({ outcome: 'past', revision: 0, record: undefined });
    expect(await announced(patient.bus)).toEqual([]);
    expect(await keysNaming(NAME)).toEqual([]);
    expect(strict.catalogue.units('t1')).toEqual([]);
  });

  it('is merged as always where something is held', async () => {
    await tell(strict, { second: 1, leavesInDays: 3 });

    expect((await tell(strict, LONG_AGO)).outcome).toBe('applied');
    expect((await tell(strict, { second: 1, leavesInDays: 3 })).outcome).toBe('stale');
    expect(await heard()).toHaveLength(2);
  });

  it('is forgotten by the sweep, and what is not past is not', async () => {
    await tell(patient, LONG_AGO);
    await tell(patient, { ...LONG_AGO, second: 3 });
    await tell(patient, { second: 1, entity: '2' });

    strict.sweep.start();

    await eventually(async () => expect(await heard()).toEqual([]));
    await eventually(async () => expect(await keysNaming(NAME)).toEqual([]));
    expect(await held()).toBeNull();
    expect(await held('reservation/c1/2')).not.toBeNull();
    expect(await heard('.change.reservation.c1.2')).toHaveLength(1);
    expect(await patient.redis.zcard('rw:{t1}:owed')).toBe(0);
  });

  it('is forgotten a few hundred at a time, of every kind that ends', async () => {
    const stamp = { epoch: 0, modifiedAt: 2_000_000, rank: 0 as const, observedAt: 0, mapping: 1 };
    const of = (kind: Kind, entity: string, content: unknown, name = 'core'): EntityRecord => ({
      ...{ kind, connection: 'c1', entity },
      facets: { [name]: facet(content, stamp) },
    });
    const message = { conversation: '7', reservation: null, direction: 'incoming', body: 'hi', sentAt: null };
    const night = { available: 1, closed: false };
    const day = (offset: number): string => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
    const ticket = { unit: '40', title: 'pipe', outOfOrder: false, from: null, until: null };
    const past = [
      ...Array.from({ length: 403 }, (_, n) => of('message', `m${n}`, message)),
      of('availability', `40/${day(-90).slice(0, 7)}`, night, day(-90)),
      of('ticket', 'closed', { ...ticket, status: 'closed' }),
    ];
    const lasting = [
      of('availability', `40/${day(0).slice(0, 7)}`, night, day(0)),
      of('ticket', 'open', { ...ticket, status: 'open' }),
      of('unit-status', '40', { unit: '40', status: 'clean', by: null }),
    ];
    const generous = await replica(nats.url, redis.url, undefined, { horizonDays: 36_500 });
    try {
      for (const record of [...past, ...lasting])
        await generous.gate.within('t1', () =>
          generous.teller.tell({ ...told({ second: 2 }), data: record }, async () => undefined),
        );
    } finally {
      await generous.dispose();
    }
    const forgetter = forgetterOf(strict);
    const messages = async () => (await strict.records.names('t1', 'message', {}, 1_000)).length;

    const left: number[] = [];
    for (let sweep = 0; sweep < 3; sweep++) {
      await sweepOnce(forgetter);
      left.push(await messages());
    }

    // Of the first two hundred two were months.
    expect(left).toEqual([205, 5, 0]);
    expect(
      new Set((await announced(patient.bus)).map(({ body }) => body.subject).filter((subject) => !subject.startsWith('room/'))),
    ).toEqual(new Set(lasting.map(({ kind, entity }) => `${kind}/${entity}`)));
  }, 30_000);

  it('does not come back when it is told again, and neither does a rebuild bring it back', async () => {
    await tell(patient, LONG_AGO);
    await sweepOnce();

    expect((await tell(strict, LONG_AGO)).outcome).toBe('past');
    await patient.redis.flushall();
    expect(await held()).toBeNull();
    expect(await heard()).toEqual([]);
    expect(await keysNaming(NAME)).toEqual([]);
  });

  it('of which only a guest’s name comes again stands nowhere, and is not announced as a stay of a room', async () => {
    await tell(patient, LONG_AGO);
    await sweepOnce();
    const before = await announced(patient.bus, '.change.room.');

    await tellSoon(strict, { ...LONG_AGO, second: 3, onlyGuest: true });

    const [change] = await heard();
    expect(change!.data).toMatchObject({ property: null, units: [] });
    expect(await announced(patient.bus, '.change.room.')).toEqual(before);
    // It is kept from when it was told: its stay may be to come. Then it goes.
    await sweepOnce();
    expect(await held()).not.toBeNull();
    const cause = (await strict.records.causeOf('t1', NAME))!;
    const receivedAt = new Date(Date.now() - 6 * DAY_MS).toISOString();
    await patient.redis.hset(`rw:{t1}:record:${NAME}`, 'cause', JSON.stringify({ ...cause, receivedAt }));
    await sweepOnce();
    expect(await held()).toBeNull();
  });

  it('is found again after a crash between STATE and Redis', async () => {
    await tell(patient, LONG_AGO);
    const dies = () => Promise.reject(new Error('killed'));

    await expect(sweepOnce(forgetterOf(strict, { forget: dies }))).rejects.toThrow('killed');

    expect(await heard()).toEqual([]);
    expect(await held()).not.toBeNull();
    await sweepOnce();
    expect(await keysNaming(NAME)).toEqual([]);
  });

  it('is gone for good where Redis is lost after such a crash', async () => {
    await tell(patient, LONG_AGO);
    const dies = () => Promise.reject(new Error('killed'));
    await expect(sweepOnce(forgetterOf(strict, { forget: dies }))).rejects.toThrow('killed');

    await patient.redis.flushall();

    expect(await held()).toBeNull();
    expect(await heard()).toEqual([]);
  });

  it('a rebuild that had read its message is looked through again', async () => {
    await tell(patient, LONG_AGO);
    const forgetter = forgetterOf(strict);
    await sweepOnce(forgetter);
    await tellSoon(patient, LONG_AGO);

    // The walk of this memory is over; another memory has a walk of its own.
    await sweepOnce(forgetter);
    expect(await held()).not.toBeNull();
    await patient.redis.flushall();
    expect(await held()).not.toBeNull();
    await sweepOnce(forgetter);

    expect(await held()).toBeNull();
    expect(await heard()).toEqual([]);
  });

  it('that was told anew while it was being forgotten is announced, and stays', async () => {
    await tell(patient, LONG_AGO);
    const forget: Replica['records']['forget'] = async (...asked) => {
      await tell(patient, { second: 3, leavesInDays: 3 });
      return strict.records.forget(...asked);
    };

    await sweepOnce(forgetterOf(strict, { forget }));

    const changes = await heard();
    expect(changes.map(({ revision }) => revision)).toEqual([2]);
    expect(changes[0]!.data.record.facets['core']!.content).toEqual(told({ second: 3 }).data.facets['core']!.content);
    expect(await held()).not.toBeNull();
    expect(await patient.redis.zcard('rw:{t1}:owed')).toBe(0);
  });

  it('keeps what was announced after it had looked', async () => {
    await tell(patient, LONG_AGO);
    const read: Replica['records']['read'] = async (...asked) => {
      const before = await strict.records.read(...asked);
      await tell(patient, { second: 3, leavesInDays: 3 });
      return before;
    };

    await sweepOnce(forgetterOf(strict, { read }));

    expect((await heard()).map(({ revision }) => revision)).toEqual([2]);
    expect(await held()).not.toBeNull();
  });

  it('contradicts nothing any more: one message under two ids', async () => {
    const sentAt = new Date(Date.now() - 10 * DAY_MS).toISOString();
    const stamp = { epoch: 0, modifiedAt: 2_000_000, rank: 0 as const, observedAt: 0, mapping: 1 };
    const core = { conversation: '7', reservation: null, direction: 'incoming', body: 'Where is the key?', sentAt };
    for (const entity of ['m1', 'm2']) {
      const data: EntityRecord = { kind: 'message', connection: 'c1', entity, facets: { core: facet(core, stamp) } };
      await patient.gate.within('t1', () => patient.teller.tell({ ...told({ second: 2 }), data }, async () => undefined));
    }
    const statuses = async () =>
      (await announced(patient.bus, '.change.conflict.')).map(({ body }) => (body as ConflictChange).data.status);
    patient.sweep.start();
    await eventually(async () => expect(await statuses()).toHaveLength(1));
    await patient.sweep.stop();

    await sweepOnce();

    const due = await patient.redis.zrangebyscore('rw:{t1}:buckets:due', '-inf', Date.now());
    expect(due).toContain(`talk/c1/7/${sentAt.slice(0, 10)}`);
    strict.sweep.start();
    await eventually(async () => expect((await statuses()).at(-1)).toBe('resolved'));
    expect(await patient.redis.zrange('rw:{t1}:buckets', '0', '-1')).toEqual([]);
    expect(await patient.redis.keys('rw:{t1}:bucket:*')).toEqual([]);

    await strict.sweep.stop();
    const { id } = ((await announced(patient.bus, '.change.conflict.'))[0]!.body as ConflictChange).data;
    await sweepOnce();
    // It was seen only just now.
    expect(await statuses()).toHaveLength(2);
    await sweepOnce(forgetterOf(strict, {}, 0));
    expect(await statuses()).toEqual([]);
    expect(await keysNaming(id)).toEqual([]);
    expect(await patient.redis.keys('rw:{t1}:*conflicts*')).toEqual([]);
    expect(await strict.conflicts.held('t1', [id])).toEqual([undefined]);
  });

  it('leaves its room when it is forgotten: a guest whom nobody ever saw off', async () => {
    await tell(patient, { ...LONG_AGO, status: 'checked-in' });
    const rooms = async () => (await announced(patient.bus, '.change.room.')).map(({ body }) => (body as RoomChange).data);
    expect((await rooms()).at(-1)!.occupancy.state).toBe('due-out');

    await sweepOnce();

    expect((await rooms()).at(-1)).toMatchObject({ occupancy: { state: 'vacant' }, current: null });
  });
});
