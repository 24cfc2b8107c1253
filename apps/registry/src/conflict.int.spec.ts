import { fetchJob, reviewKey, sideName, sidesHash, type ConflictChange, type RoomChange } from '@roomwire/events';
import { streamOf } from '@roomwire/jetstream';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { keysOf } from './keys.ts';
import { announced, provision, replica, tell, type Replica } from './testing/redis-replica.ts';

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
  const roomConflicts = async () => ((await announced(one.bus, '.change.room.')).at(-1)!.body as RoomChange).data.conflicts;
  const doubleBooking = async () => {
    await tell(one, { entity: '1', second: 1 });
    await tell(one, { entity: '2', second: 1, guest: 'Grace' });
    return (await heard())[0]!.data;
  };

  it('shows two stays on one door, has both read again, and opens the conflict once they were', async () => {
    const conflict = await doubleBooking();

    expect(conflict).toMatchObject({ status: 'checking', sides: [{ reservation: '1' }, { reservation: '2', guest: 'Grace' }] });
    expect(await roomConflicts()).toEqual([conflict.id]);
    const jobs = [];
    for (let seq = 1; ; seq = jobs.at(-1)!.seq + 1) {
      const next = await one.bus.nextOn(streamOf('FETCH', 't1'), '>', seq);
      if (!next) break;
      jobs.push({ seq: next.seq, job: fetchJob.parse(JSON.parse(new TextDecoder().decode(next.data))) });
    }
    const wanted = jobs.flatMap(({ job }) => (job.reason === 'conflict' ? [job.entity] : []));
    expect(wanted.sort()).toEqual(['1', '2']);

    const readAt = (Date.parse(conflict.since) + 60_000) * 1000;
    for (const entity of ['1', '2'])
      await tell(one, { entity, second: 1, read: readAt, ...(entity === '2' ? { guest: 'Grace' } : {}) });
    one.sweep.start();
    // Nothing tells the unit that it was only confirmed: its own clock does.
    await eventually(async () => expect(await statuses()).toEqual(['checking', 'open']), { withinMs: 10_000 });
    expect(await roomConflicts()).toEqual([conflict.id]);
  });

  it('resolves it when a side is cancelled, under the same id and a higher revision', async () => {
    const { id } = await doubleBooking();

    await tell(one, { entity: '2', second: 2, status: 'cancelled' });
    await tell(one, { entity: '2', second: 3 });

    expect(await statuses()).toEqual(['checking', 'resolved', 'checking']);
    const all = await heard();
    expect(new Set(all.map(({ data }) => data.id))).toEqual(new Set([id]));
    expect(all.map(({ revision }) => revision)).toEqual(all.map(({ revision }) => revision).toSorted((a, b) => a - b));
  });

  it('leaves alone what somebody has dismissed, until a side changes', async () => {
    // Of a provider that cannot be asked: nothing but the decision brings the unit up again.
    await one.tables.connections.put('c1', { ...one.tables.connections.get('c1')!, provider: 'internal' });
    const { id, place, sides } = await doubleBooking();
    one.sweep.start();
    await one.tables.reviews.put(reviewKey('t1', place, id), {
      ...{ conflict: id, place, choice: 'dismissed', sides: sidesHash(sides) },
      ...{ by: 'spec', at: new Date().toISOString(), reason: 'two brothers' },
    });
    await eventually(async () => expect(await statuses()).toEqual(['open', 'dismissed']));
    await eventually(async () => expect(await roomConflicts()).toEqual([]));

    await tell(one, { entity: '2', second: 2, guest: 'Somebody else' });
    expect((await statuses()).at(-1)).toBe('open');
    expect(await roomConflicts()).toEqual([id]);
  });

  it('tells what it is now where its own announcement was forgotten', async () => {
    const { place } = await doubleBooking();
    // As a replica leaves it that dies between the announcement and the note of it.
    await one.redis.del(keysOf('t1').unitConflicts(place));

    await tell(one, { entity: '2', second: 2, guest: 'Somebody else' });

    expect((await heard()).map(({ data }) => data.sides[1])).toMatchObject([{ guest: 'Grace' }, { guest: 'Somebody else' }]);
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
