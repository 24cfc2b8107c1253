import { eventOf, facet, type EntityRecord, type EventMessage } from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { keysOf } from './keys.ts';
import { provision, replica, type Replica } from './testing/redis-replica.ts';
import { forgetReads, stored } from './testing/stored.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The backup is of this second; what was told an hour later it does not hold. All of it is long past. */
const BACKUP = Math.floor(Date.now() / 1000) * 1000 - 10 * HOUR;
const LOST = BACKUP + HOUR;

type Said = { connection?: string; entity: string; guest: string; at: number; read?: number; epoch?: number };

/** A push of a guest, or a by-id read granted at `read` ms. */
function event({ connection = 'c1', entity, guest, at, read, epoch = 0 }: Said): EventMessage {
  const stamp = {
    epoch,
    modifiedAt: at * 1000,
    rank: read ? (1 as const) : (0 as const),
    observedAt: (read ?? 0) * 1000,
    mapping: 1,
  };
  const existence = read && { existence: facet({ state: 'present' }, { ...stamp, modifiedAt: read * 1000 }) };
  const data: EntityRecord = {
    ...{ kind: 'reservation', connection, entity },
    facets: { guest: facet({ name: guest, adults: null, children: null }, stamp, read !== undefined), ...existence },
  };
  const receivedAt = new Date(read ?? at).toISOString();
  return eventOf(data, { tenant: 't1', provider: 'hostaway', lane: 'live', receipt: 'receipt-of-event', receivedAt });
}

describe('a provider that was restored from a backup, on real servers', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let two: Replica;
  let clock = LOST + 2 * HOUR;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    clock = LOST + 2 * HOUR;
    const settings = { now: () => clock };
    [one, two] = (await Promise.all([1, 2].map(() => replica(nats.url, redis.url, undefined, settings)))) as [Replica, Replica];
  });
  afterEach(async () => {
    await Promise.all([one.dispose(), two.dispose()]);
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  /** As the consumer does it. */
  async function tell(said: Said, by = one): Promise<void> {
    const message = event(said);
    await by.gate.within('t1', () => by.teller.tell(message, (told) => by.disagreements.afterTelling(told, message)));
  }
  async function lost(...entities: string[]): Promise<void> {
    for (const entity of entities) {
      await tell({ entity, guest: 'Ada', at: BACKUP });
      await tell({ entity, guest: 'Grace', at: LOST });
    }
  }
  /** Two reads that agree, the second as long after the first as the rule asks for. */
  async function contradicted(entity: string, by = one): Promise<void> {
    await tell({ entity, guest: 'Ada', at: BACKUP, read: LOST + 30 * MINUTE }, by);
    await tell({ entity, guest: 'Ada', at: BACKUP, read: LOST + 36 * MINUTE }, by);
  }
  const epochOf = async (id = 'c1') => (await one.tables.connections.fromLeader(id))!.epoch ?? 0;
  const notices = async () => (await stored(one.bus, 'notice')).map(({ body }) => body);
  const asked = async () => (await stored(one.bus, 'fetch')).map(({ message, body }) => [message.subject, body['reason']]);
  const guestOf = async (entity: string) =>
    (await one.records.read('t1', `reservation/c1/${entity}`))!.record.facets['guest']!.content;

  it('has its epoch raised when reads of enough entities agree, once, audited, and their reads asked for anew', async () => {
    await lost('1', '2', '3', '4');

    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 30 * MINUTE });
    const [again, ...more] = await stored(one.bus, 'later');
    expect(more).toEqual([]);
    expect(again!.body).toMatchObject({ kind: 'reservation', entity: '1', lane: 'poll', reason: 'epoch' });
    expect(Number(again!.message.header('Rw-Later-Due'))).toBe(LOST + 35 * MINUTE + 1_000);

    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 36 * MINUTE });
    await contradicted('2', two);
    expect(await epochOf()).toBe(0);
    await Promise.all([contradicted('3'), contradicted('4', two)]);

    expect(await epochOf()).toBe(1);
    const [entry, ...others] = (await stored(one.bus, 'audit')).map(({ body }) => body);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      action: 'reset',
      connection: 'c1',
      epoch: 1,
      by: 'registry',
      reason: 'reads agree against the record',
    });
    expect((await notices()).filter(({ type }) => type === 'epoch-raised')).toMatchObject([{ connection: 'c1', epoch: 1 }]);
    const due = (await stored(one.bus, 'later')).map(({ message, body }) => [
      body['entity'],
      Number(message.header('Rw-Later-Due')),
    ]);
    // When no reader of the provider's can be behind what was pushed under the old epoch.
    expect(due).toContainEqual(['1', LOST + 36 * MINUTE + 10_000]);

    // What the normalizer makes of those reads' answers.
    expect(await guestOf('1')).toMatchObject({ name: 'Grace' });
    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 40 * MINUTE, epoch: 1 });
    expect(await guestOf('1')).toMatchObject({ name: 'Ada' });
  });

  it('has all that it holds read again by a walk', async () => {
    await lost('1', '2', '3', '4', '5');
    await one.gate.within('t1', () => one.retellings.sweep('t1'));
    for (const entity of ['1', '2', '3']) await contradicted(entity);
    await forgetReads(one.bus);

    for (let step = 0; step < 5; step++) {
      await one.gate.within('t1', () => one.retellings.sweep('t1'));
      clock += 11_000;
    }

    expect(await asked()).toEqual(
      ['1', '2', '3', '4', '5'].map((entity) => [`pms.t1.fetch.backfill.hostaway.c1.reservation.${entity}`, 'retell']),
    );
  });

  it('is not reset for one entity of many: a notice says that it stays wrong', async () => {
    await lost('1', '2', '3');

    await contradicted('1');
    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 50 * MINUTE });

    expect(await epochOf()).toBe(0);
    expect(await notices()).toMatchObject([{ type: 'reads-disagree', connection: 'c1', record: 'reservation/c1/1' }]);
  });

  it('is reset for all that there are, where they are fewer', async () => {
    await lost('1', '2');

    await contradicted('1');
    expect(await epochOf()).toBe(0);
    await contradicted('2');

    expect(await epochOf()).toBe(1);
  });

  it('is not reset for what a push has voided since', async () => {
    await lost('1', '2');
    await contradicted('1');
    await tell({ entity: '1', guest: 'Eve', at: LOST + 40 * MINUTE });

    await contradicted('2');

    expect(await epochOf()).toBe(0);
  });

  it('is not reset where a read in between showed what the record says', async () => {
    await lost('1');
    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 30 * MINUTE });
    await tell({ entity: '1', guest: 'Grace', at: LOST, read: LOST + 32 * MINUTE });
    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 36 * MINUTE });
    expect(await epochOf()).toBe(0);

    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 42 * MINUTE });

    expect(await epochOf()).toBe(1);
  });

  it('is reset no more than once an hour, whatever it says', async () => {
    await lost('1');
    await contradicted('1');
    expect(await epochOf()).toBe(1);
    const under1 = { entity: '1', epoch: 1 };
    await tell({ ...under1, guest: 'Grace', at: LOST });
    const contradict = async (from: number): Promise<void> => {
      await eventually(() => expect(one.tables.connections.get('c1')!.epoch).toBe(1));
      for (const read of [from, from + 6 * MINUTE]) await tell({ ...under1, guest: 'Ada', at: BACKUP, read });
    };

    await contradict(LOST + 60 * MINUTE);
    expect(await epochOf()).toBe(1);
    expect((await notices()).map(({ type }) => type)).toEqual(['epoch-raised', 'reads-disagree']);

    clock += HOUR;
    await contradict(LOST + 120 * MINUTE);
    expect(await epochOf()).toBe(2);
  });

  it('is found out again where Redis was lost in between', async () => {
    await lost('1');
    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 30 * MINUTE });
    await one.redis.del(keysOf('t1').evidence('c1'));

    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 36 * MINUTE });
    expect(await epochOf()).toBe(0);
    await tell({ entity: '1', guest: 'Ada', at: BACKUP, read: LOST + 42 * MINUTE });

    expect(await epochOf()).toBe(1);
  });
});
