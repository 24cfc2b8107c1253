import {
  conflictStatus,
  fetchJob,
  reviewKey,
  sideName,
  sidesHash,
  type ConflictChange,
  type ConflictState,
  type FetchJob,
  type RoomChange,
  type SideId,
} from '@roomwire/events';
import { streamOf } from '@roomwire/jetstream';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { keysOf } from './keys.ts';
import { announced, provision, replica, tell, type Replica } from './testing/redis-replica.ts';
import { eventFor } from './testing/said.ts';

type Decided = { choice: 'dismissed' } | { choice: 'chosen'; chosen: SideId } | { choice: 'reread'; at: string };

describe('conflicts on real servers', () => {
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

  const heard = async () => (await announced(one.bus, '.change.conflict.')).map(({ body }) => body as ConflictChange);
  const statuses = async () => (await heard()).map(({ data }) => data.status);
  const room = async (unit = '') =>
    ((await announced(one.bus, '.change.room.')).findLast(({ subject }) => subject.endsWith(unit))!.body as RoomChange).data;
  const roomConflicts = async (unit = '') => (await room(unit)).conflicts;
  const doubleBooking = async () => {
    await tell(one, { entity: '1', second: 1 });
    await tell(one, { entity: '2', second: 1, guest: 'Grace' });
    return (await heard())[0]!.data;
  };

  /** Jobs that wait, as nobody takes them here. */
  const asked = async () => {
    const jobs: { seq: number; job: FetchJob }[] = [];
    for (;;) {
      const next = await one.bus.nextOn(streamOf('FETCH', 't1'), '>', (jobs.at(-1)?.seq ?? 0) + 1);
      if (!next) return jobs.filter(({ job }) => job.reason === 'conflict');
      jobs.push({ seq: next.seq, job: fetchJob.parse(JSON.parse(new TextDecoder().decode(next.data))) });
    }
  };
  const decide = ({ id, place, sides }: ConflictState, choice: Decided) =>
    one.tables.reviews.put(reviewKey('t1', place, id), {
      ...{ conflict: id, place, sides: sidesHash(sides) },
      ...{ by: 'spec', at: new Date().toISOString(), reason: 'two brothers' },
      ...choice,
    });

  it('shows two stays on one door, has both read again, and opens the conflict once they were', async () => {
    const conflict = await doubleBooking();

    expect(conflict).toMatchObject({ status: 'checking', sides: [{ reservation: '1' }, { reservation: '2', guest: 'Grace' }] });
    expect(await roomConflicts()).toEqual([conflict.id]);
    expect((await asked()).map(({ job }) => job.entity).sort()).toEqual(['1', '2']);

    const readAt = (Date.parse(conflict.since) + 60_000) * 1000;
    for (const entity of ['1', '2'])
      await tell(one, { entity, second: 1, read: readAt, ...(entity === '2' ? { guest: 'Grace' } : {}) });
    one.sweep.start(100);
    // Nothing tells the unit that it was only confirmed: its own clock does.
    await eventually(async () => expect(await statuses()).toEqual(['checking', 'open']), { withinMs: 10_000 });
    expect(await roomConflicts()).toEqual([conflict.id]);
  });

  it('resolves it when a side is cancelled, under the same id and a higher revision', async () => {
    const { id } = await doubleBooking();

    await tell(one, { entity: '2', second: 2, status: 'cancelled' });
    await tell(one, { entity: '2', second: 3 });

    expect(await statuses()).toEqual(['checking', 'resolved', 'checking']);
    const ids = await Promise.all(conflictStatus.options.map((status) => one.conflicts.ids('t1', [status], undefined, 10)));
    expect(ids).toEqual(conflictStatus.options.map((status) => (status === 'checking' ? [id] : [])));
    const all = await heard();
    expect(new Set(all.map(({ data }) => data.id))).toEqual(new Set([id]));
    expect(all.map(({ revision }) => revision)).toEqual(all.map(({ revision }) => revision).toSorted((a, b) => a - b));
  });

  it('leaves alone what somebody has dismissed, until a side changes', async () => {
    // Of a provider that cannot be asked: nothing but the decision brings the unit up again.
    await one.tables.connections.put('c1', { ...one.tables.connections.get('c1')!, provider: 'internal' });
    const conflict = await doubleBooking();
    one.sweep.start(100);
    await decide(conflict, { choice: 'dismissed' });
    await eventually(async () => expect(await statuses()).toEqual(['open', 'dismissed']));
    await eventually(async () => expect(await roomConflicts()).toEqual([]));

    await tell(one, { entity: '2', second: 2, guest: 'Somebody else' });
    expect((await statuses()).at(-1)).toBe('open');
    expect(await roomConflicts()).toEqual([conflict.id]);
  });

  it('has the room be who was chosen, until a side changes, and tells a provider nothing', async () => {
    const conflict = await doubleBooking();
    const guest = async () => (await room()).current?.guest;
    expect(await guest()).toBe('Grace');
    const jobs = await asked();
    one.sweep.start(100);
    two.sweep.start(100);

    await decide(conflict, { choice: 'chosen', chosen: { what: 'reservation', connection: 'c1', entity: '1' } });
    await eventually(async () => expect(await statuses()).toEqual(['checking', 'chosen']));
    await eventually(async () => expect([await guest(), await roomConflicts()]).toEqual(['Ada', []]));
    expect((await heard()).at(-1)!).toMatchObject({ type: 'roomwire.conflict.chosen', data: { chosen: { entity: '1' } } });
    // It is no fact of a memory: another one comes to the same.
    await one.redis.flushall();
    await tell(two, { entity: '9', unit: '41', second: 1 });
    await tell(two, { entity: '2', second: 1, guest: 'Grace' });
    expect(await statuses()).toEqual(['checking', 'chosen']);
    expect((await room(conflict.place)).current).toMatchObject({ guest: 'Ada' });
    expect(await asked()).toEqual(jobs);

    await tell(one, { entity: '2', second: 2, guest: 'Somebody else' });
    expect((await heard()).at(-1)!.data).not.toHaveProperty('chosen');
    expect((await room(conflict.place)).current).toMatchObject({ guest: 'Somebody else' });
    expect(await roomConflicts(conflict.place)).toEqual([conflict.id]);
  });

  it('has the sides read once more when somebody wants it, once, and says which it asks for', async () => {
    const conflict = await doubleBooking();
    for (const { seq } of await asked()) await one.bus.remove(streamOf('FETCH', 't1'), seq);
    const readNow = async (at = Date.now() * 1000) => {
      await tell(one, { entity: '1', second: 1, read: at });
      await tell(one, { entity: '2', second: 1, read: at, guest: 'Grace' });
      // What is only confirmed touches no unit: it is looked at again in five seconds, or now.
      await one.units.touch('t1', conflict.place);
    };
    await readNow();
    one.sweep.start(100);
    two.sweep.start(100);
    await eventually(async () => expect(await statuses()).toEqual(['checking', 'open']));
    expect(await asked()).toEqual([]);

    // Whoever asks has a clock of his own.
    await decide(conflict, { choice: 'reread', at: '2030-01-01T00:00:00.000Z' });
    await eventually(async () => expect(await statuses()).toEqual(['checking', 'open', 'checking']));
    expect((await heard()).at(-1)!.data).toMatchObject({
      since: conflict.since,
      reread: { asked: '2030-01-01T00:00:00.000Z', sides: [{ entity: '1' }, { entity: '2' }] },
    });
    expect((await asked()).map(({ job }) => [job.lane, job.entity]).sort()).toEqual([
      ['live', '1'],
      ['live', '2'],
    ]);

    await readNow();
    await eventually(async () => expect(await statuses()).toEqual(['checking', 'open', 'checking', 'open']));
    // It was one wish: nobody checks again.
    await tell(one, { entity: '1', second: 1, read: Date.now() * 1000 });
    await one.redis.flushall();
    await tell(two, { entity: '2', second: 2, status: 'cancelled' });
    // That it was read was only Redis' to know: it is checked once more.
    expect((await statuses()).slice(3)).toEqual(['open', 'checking', 'resolved']);
  });

  it('tells what it is now where its own announcement was forgotten', async () => {
    const { place } = await doubleBooking();
    // As a replica leaves it that dies between the announcement and the note of it.
    await one.redis.del(keysOf('t1').unitConflicts(place));

    await tell(one, { entity: '2', second: 2, guest: 'Somebody else' });

    expect((await heard()).map(({ data }) => data.sides[1])).toMatchObject([{ guest: 'Grace' }, { guest: 'Somebody else' }]);
  });

  it('says it again where an earlier look may yet tell what it saw', async () => {
    const { unit } = await doubleBooking();
    // A replica that has begun to derive, and hangs: whatever it tells later must find that readers have heard something newer.
    await two.gate.within('t1', () => two.units.read('t1', unit!, []));

    const report = { via: 'push' as const, kind: 'unit-status' as const, entity: 's', observedAt: 0, providerDate: null };
    const event = eventFor({
      ...{ ...report, contents: { core: { unit: '40', status: 'clean', by: null } } },
      ...{ modifiedAt: 1_000_000, mapping: 1, epoch: 0 },
    });
    await one.gate.within('t1', () => one.teller.tell(event, () => Promise.resolve()));

    const all = await heard();
    expect(all.map(({ data }) => data.status)).toEqual(['checking', 'checking']);
    expect(all[1]!.revision).toBeGreaterThan(all[0]!.revision);
  });

  it('resolves what Redis forgot and STATE has kept', async () => {
    await doubleBooking();
    await one.redis.flushall();

    await tell(one, { entity: '2', second: 2, status: 'cancelled' });

    expect(await statuses()).toEqual(['checking', 'resolved']);
  });

  it('is told once by two replicas that see it at once, and not again after Redis was wiped', async () => {
    await tell(one, { entity: '1', second: 1 });
    await Promise.all([one, two].map((each, n) => tell(each, { entity: `${n + 2}`, second: 1 })));
    const all = await heard();
    expect(all.at(-1)!.data.sides.map(sideName)).toEqual(['c1/1', 'c1/2', 'c1/3']);
    expect(new Set(all.map(({ revision }) => revision)).size).toBe(all.length);

    await one.redis.flushall();
    await tell(one, { entity: '9', unit: '41', second: 1 });
    await tell(one, { entity: '3', second: 0 });
    expect(await heard()).toHaveLength(all.length);
  });
});
