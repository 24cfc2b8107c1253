import { createLog } from '@roomwire/telemetry';
import { eventually, natsServer, type NatsServer } from '@roomwire/testkit';
import { z } from 'zod';
import { Bus } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';
import { ensureFleet } from './ensure.ts';
import { KvTable } from './kv-table.ts';

const schema = z.strictObject({ n: z.int() });
type Row = z.infer<typeof schema>;

describe('KvTable', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  let bus: Bus;
  const open: KvTable<Row>[] = [];
  const table = async (filter?: string): Promise<KvTable<Row>> => {
    const opened = await KvTable.open(nc, 'sync', schema, { log: createLog('spec', 'silent'), ...(filter ? { filter } : {}) });
    open.push(opened);
    return opened;
  };
  beforeAll(async () => {
    nats = await natsServer();
    nc = await connectNats({ servers: nats.url, service: 'spec' });
    bus = new Bus(nc);
  });
  afterAll(async () => {
    await Promise.all(open.map((one) => one.close()));
    await nc.close();
    await nats[Symbol.asyncDispose]();
  });

  it('waits for a bucket that nobody has made yet', async () => {
    const opening = table();
    await ensureFleet(nc);

    expect([...(await opening).entries()]).toEqual([]);
  });

  it('creates once, updates by compare-and-set, puts and removes', async () => {
    const rows = await table();
    expect([await rows.create('a', { n: 1 }), await rows.create('a', { n: 2 })]).toEqual([true, false]);
    const { seq } = (await rows.entryFromLeader('a'))!;
    expect(await rows.update('a', { n: 3 }, seq)).toBeGreaterThan(seq);
    expect(await rows.update('a', { n: 4 }, seq)).toBeUndefined();
    expect([rows.get('a'), await rows.fromLeader('a')]).toEqual([{ n: 3 }, { n: 3 }]);

    await rows.put('a', { n: 5 });
    expect(rows.get('a')).toEqual({ n: 5 });
    await rows.remove('a');
    expect([rows.get('a'), await rows.fromLeader('a')]).toEqual([undefined, undefined]);
    expect(await rows.create('a', { n: 6 })).toBe(true);
    await expect(rows.put('a', { n: 'x' } as unknown as Row)).rejects.toThrow();
  });

  it('catches up with the leader where its watch is behind', async () => {
    const [behind, other] = await Promise.all([table('late.*'), table()]);
    await behind.close(); // its watch never tells anything again
    await other.put('late.a', { n: 1 });
    await other.put('early.a', { n: 1 });
    // What it writes itself comes after what it does not know.
    await behind.put('late.b', { n: 2 });
    await other.put('late.c', { n: 3 });
    expect([...behind.entries()]).toEqual([['late.b', { n: 2 }]]);

    await behind.catchUp();

    const known = [...behind.entries()].sort();
    expect(known).toEqual([['late.a', { n: 1 }], ['late.b', { n: 2 }], ['late.c', { n: 3 }]]); // prettier-ignore
  });

  it('only one of many creators wins', async () => {
    const tables = await Promise.all([table(), table(), table()]);
    const won = await Promise.all(tables.map((one, n) => one.create('race', { n })));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('tells of what others write and remove', async () => {
    const [mine, theirs] = await Promise.all([table(), table()]);
    const told: [string, Row | undefined][] = [];
    mine.onChange((key, value) => told.push([key, value]));
    await theirs.put('b', { n: 1 });
    await eventually(() => expect(mine.get('b')).toEqual({ n: 1 }));
    await theirs.remove('b');
    await eventually(() => expect(mine.get('b')).toBeUndefined());

    expect(told).toEqual([
      ['b', { n: 1 }],
      ['b', undefined],
    ]);
  });

  it('holds only what its filter names', async () => {
    const all = await table();
    await all.put('t1.unit.1', { n: 1 });
    await all.put('t1.map.1', { n: 2 });
    const units = await table('*.unit.*');
    expect([...units.entries()]).toEqual([['t1.unit.1', { n: 1 }]]);
  });

  it('passes over an entry that does not fit, and lets nobody create over it', async () => {
    const rows = await table();
    await rows.put('good', { n: 1 });
    await bus.publish('$KV.sync.good', { n: 'bad' }, { id: 'bad1' });
    await bus.publish('$KV.sync.worse', new TextEncoder().encode('{'), { id: 'bad2' });
    await rows.put('after', { n: 2 });
    const other = await table();

    expect([rows.get('good'), other.get('after'), other.get('worse')]).toEqual([{ n: 1 }, { n: 2 }, undefined]);
    expect(await other.create('worse', { n: 1 })).toBe(false);
  });

  it('does not say that something is absent while nobody can know', async () => {
    const rows = await table();
    await rows.put('known', { n: 1 });
    await nats.stop();
    try {
      await expect(rows.fromLeader('known')).rejects.toMatchObject({ code: 'unavailable' });
      expect(rows.get('known')).toEqual({ n: 1 });
    } finally {
      await nats.start();
    }
  });

  it('goes on over a restart of the server, kill -9 included', async () => {
    const rows = await table();
    await nats.kill();
    await nats.start();
    await eventually(() => bus.publish('$KV.sync.restarted', { n: 7 }, { id: 'restarted' }));
    await eventually(() => expect(rows.get('restarted')).toEqual({ n: 7 }));
  });

  it('follows a bucket that was made anew: what is not told again is gone, and was not gone in between', async () => {
    const rows = await table();
    await rows.put('kept', { n: 1 });
    await rows.put('lost', { n: 1 });
    const told: [string, Row | undefined][] = [];
    rows.onChange((key, value) => told.push([key, value]));
    const jsm = await bus.jsm();
    await jsm.streams.delete('KV_sync');
    await ensureFleet(nc);
    await bus.publish('$KV.sync.kept', { n: 2 }, { id: 'kept' });

    await eventually(() => expect([rows.get('kept'), rows.get('lost')]).toEqual([{ n: 2 }, undefined]), { withinMs: 12_000 });
    expect(told.filter(([key]) => key === 'kept')).toEqual([['kept', { n: 2 }]]);
  });
});
