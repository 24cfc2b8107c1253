import { eventOf, facet, type EntityRecord } from '@roomwire/events';
import { natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { ANSWERED_WITHIN_MS } from './core/retelling.ts';
import { provision, replica, tell, told, type Replica } from './testing/redis-replica.ts';
import { forgetReads, stored } from './testing/stored.ts';

const LIMITS = { inFlight: 3, perSecond: 2, looks: 3 };
const NAMES = ['1', '2', '3', '4', '5', '6', '7'];

describe('what was told under an older mapping, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let clock: number;
  const open: Replica[] = [];

  const another = async (): Promise<Replica> => {
    const made = await replica(nats.url, redis.url, undefined, { retell: LIMITS, now: () => clock });
    open.push(made);
    return made;
  };
  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    clock = Date.now();
    one = await another();
    for (const entity of NAMES) await tell(one, { entity, unit: entity, second: 1, mapping: 0 });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.dispose()));
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  /** One look of a replica's sweep, a second after the one before. */
  async function sweep(by = one): Promise<void> {
    clock += 1_000;
    await by.gate.within('t1', () => by.retellings.sweep('t1'));
  }
  async function begin(): Promise<void> {
    await sweep();
    clock += 10_000;
  }
  const jobs = async () => (await stored(one.bus, 'fetch')).map(({ body }) => body);
  const asked = async () => (await jobs()).map(({ entity }) => entity);
  const notices = async () => (await stored(one.bus, 'notice')).map(({ body }) => body);
  const guestOf = async (entity: string) => (await one.records.read('t1', `reservation/c1/${entity}`))!.record.facets['guest']!;
  /** What comes of the reads that are asked for: told under the mapping of now, and that the entity exists. */
  async function answer(): Promise<void> {
    const entities = await asked();
    await forgetReads(one.bus);
    for (const entity of entities as string[]) {
      const event = told({ entity, unit: entity, second: 1, read: clock * 1000, mapping: 1, guest: 'Ada Mended' });
      const { facets } = event.data;
      const { contentHash: _own, ...stamp } = facets['guest']!.version;
      facets['existence'] = facet({ state: 'present' }, { ...stamp, modifiedAt: stamp.observedAt });
      await one.teller.tell(event, () => Promise.resolve());
    }
  }
  /** A task, which nothing reads at that provider. */
  async function tellTicket(): Promise<void> {
    const stamp = { epoch: 0, modifiedAt: 1_000_000, rank: 0 as const, observedAt: 0, mapping: 0 };
    const content = { unit: '40', status: 'open', title: 'pipe', outOfOrder: false, from: null, until: null };
    const data: EntityRecord = { kind: 'ticket', connection: 'c1', entity: '9', facets: { core: facet(content, stamp) } };
    const { provider, receipt, receivedat } = told({ second: 1 });
    const event = eventOf(data, { tenant: 't1', provider, lane: 'live', receipt, receivedAt: receivedat });
    await one.teller.tell(event, () => Promise.resolve());
  }

  it('is read again in the lowest lane, so many at a time, until none is left; and people are told what cannot be', async () => {
    await tellTicket();
    await begin();
    expect(await jobs()).toEqual([]);

    await sweep();
    expect(await jobs()).toMatchObject([
      { kind: 'reservation', entity: '1', lane: 'backfill', reason: 'retell' },
      { entity: '2' },
    ]);
    await sweep();
    await sweep();
    expect(await asked()).toEqual(['1', '2', '3']);

    const all = new Set<unknown>();
    for (let round = 0; round < 20; round++) {
      for (const entity of await asked()) all.add(entity);
      await answer();
      await sweep();
    }

    expect([...all]).toEqual(NAMES);
    expect(await asked()).toEqual([]);
    for (const entity of NAMES) {
      expect(await guestOf(entity)).toMatchObject({ content: { name: 'Ada Mended' }, version: { mapping: 1 } });
      expect((await guestOf(entity)).tied).toBeUndefined();
    }
    expect(await notices()).toMatchObject([
      { type: 'retold', connection: 'c1', provider: 'hostaway', mapping: 1, asked: 7, unanswered: 0, unreadable: 1 },
    ]);
  });

  it('is gone through once: a replica that is started later goes on where the other was, and does not begin again', async () => {
    await begin();
    await sweep();
    await answer();

    const two = await another();
    await sweep(two);
    expect(await asked()).toEqual(['3', '4']);
    for (let round = 0; round < 20; round++) {
      await answer();
      await sweep(round % 2 === 0 ? one : two);
    }
    expect(await notices()).toHaveLength(1);

    await tell(two, { entity: '8', unit: '8', second: 1, mapping: 0 });
    const three = await another();
    await sweep(three);
    await sweep(three);
    expect([await asked(), await notices()]).toMatchObject([[], [{ asked: 7 }]]);
  });

  it('is looked for among the others a few at a time', async () => {
    for (const entity of NAMES)
      await tell(one, { connection: 'c2', entity, unit: entity, second: 1, mapping: entity === '7' ? 0 : 1 });
    const ofOther = async () => (await jobs()).filter(({ connection }) => connection === 'c2').length;
    await begin();

    await sweep();
    await sweep();
    expect(await ofOther()).toBe(0);
    await sweep();
    expect(await ofOther()).toBe(1);
  });

  it('is asked for by two replicas at once no more than by one', async () => {
    const two = await another();
    await begin();

    clock += 1_000;
    await Promise.all([one, two].map((each) => each.gate.within('t1', () => each.retellings.sweep('t1'))));

    expect(await asked()).toEqual(['1', '2']);
  });

  it('is asked for once more where its answer did not come, or was told under the old mapping', async () => {
    await begin();
    for (let round = 0; round < 3; round++) await sweep();
    await forgetReads(one.bus);
    await tell(one, { entity: '1', unit: '1', second: 1, mapping: 0, read: clock * 1000 });
    await sweep();
    expect(await asked()).toEqual([]);

    clock += ANSWERED_WITHIN_MS;
    const later: unknown[] = [];
    for (let round = 0; round < 30; round++) {
      await sweep();
      later.push(...(await asked()));
      await answer();
    }

    expect(new Set(later)).toEqual(new Set(NAMES));
    expect(await notices()).toMatchObject([{ asked: 10 }]);
  });

  it('waits while its connection is paused, and goes on where Redis was lost in between', async () => {
    const { connections } = one.tables;
    const account = (await connections.fromLeader('c1'))!;
    await begin();
    await connections.put('c1', { ...account, status: 'paused' });
    await sweep();
    expect(await asked()).toEqual([]);

    await connections.put('c1', account);
    await sweep();
    await answer();
    await one.redis.flushall();
    await sweep();

    expect(await asked()).toEqual(['3', '4']);
  });
});
