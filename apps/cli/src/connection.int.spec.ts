import {
  connection as connectionSchema,
  drain as drainSchema,
  drainKey,
  tenant as tenantSchema,
  type Connection,
  type Drain,
} from '@roomwire/events';
import { ensureFleet, ensureTenant, KvTable, type NatsConnection } from '@roomwire/jetstream';
import type { NatsServer } from '@roomwire/testkit';
import { audited } from './testing/audited.ts';
import { asAda, brokerOfUsers, connectAs } from './testing/broker.ts';

const NOW = Date.parse('2026-11-21T06:00:00Z');
const account: Connection = {
  ...{ id: 'c1', tenant: 'acme', provider: 'hostaway', status: 'active', account: null, baseUrl: null, unitsOf: null },
};
const poll: Drain = {
  ...{ tenant: 'acme', provider: 'hostaway', connection: 'c1', list: 'reservations', lane: 'poll' },
  ...{ since: NOW - 90_000_000, everyMs: 60_000, dueAt: NOW + 30_000, calendarsDueAt: NOW + 99_000, round: null, last: null },
};
const whole: Drain = { ...poll, lane: 'backfill', since: null, dueAt: null };
const round: NonNullable<Drain['round']> = {
  ...{ id: '11111111-1111-4111-8111-111111111111', startedAt: NOW - 100_000, since: null },
  ...{ nights: { from: '2027-01-01', until: '2027-12-31' }, page: 12, cursor: 'x', items: 1_200, total: 3_600 },
  ...{ from: NOW, mark: { newest: 0, rest: '0' }, withCalendars: false, asked: 1 },
};

let nats: NatsServer;
let nc: NatsConnection;
let connections: KvTable<Connection>;
let drains: KvTable<Drain>;

beforeAll(async () => {
  nats = await brokerOfUsers();
  nc = await connectAs('operator', nats);
  await ensureFleet(nc);
  await ensureTenant(nc, 'acme');
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  const defaults = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };
  await tenants.put('acme', { id: 'acme', name: 'acme', status: 'active', apiTokenHashes: [], defaults });
  await tenants.close();
  connections = await KvTable.open(nc, 'connections', connectionSchema);
  drains = await KvTable.open(nc, 'sync', drainSchema, { filter: 'page.>' });
});
beforeEach(async () => {
  await connections.put('c1', account);
  for (const each of [poll, whole, { ...whole, list: 'tasks', lane: 'poll' as const }]) await drains.put(drainKey(each), each);
});
afterAll(async () => {
  await Promise.all([connections?.close(), drains?.close()]);
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

const roomwire = (...args: string[]) => asAda(nats, args);

const lastAudited = async () => (await audited(nc, 'acme')).at(-1);

describe('roomwire connection', () => {
  it('lists connections, and how far each of their lists is read', async () => {
    await drains.put(drainKey(whole), { ...whole, round });
    const { code, out } = await roomwire('connection', 'ls');

    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(/^TENANT +CONNECTION +PROVIDER +STATUS +LIST +LANE +STANDS$/);
    expect(out).toMatch(
      /acme +c1 +hostaway +active +reservations +backfill +page 13 of about 36, 1200 of about 3600 items, 12\/s/,
    );
    expect(out).toMatch(/reservations +poll +begins in 30s/);
    const told = JSON.parse((await roomwire('connection', 'ls', '--json')).out) as { connections: { lists: unknown[] }[] };
    expect(told.connections.map(({ lists }) => lists.length)).toEqual([3]);
    expect((await roomwire('connection', 'ls', '--tenant', 'other')).out).toBe('no connections\n');
  });

  it('pauses and resumes one, and says who and why', async () => {
    expect(await roomwire('connection', 'pause', 'c1', '--reason', 'they asked')).toMatchObject({
      code: 0,
      out: 'c1 is paused\n',
    });
    expect((await connections.fromLeader('c1'))!.status).toBe('paused');
    expect(await lastAudited()).toMatchObject({
      operation: 'connection pause',
      connection: 'c1',
      by: 'ada',
      reason: 'they asked',
    });
    expect((await roomwire('connection', 'pause', 'c1')).out).toBe('c1 is paused already\n');
    expect((await roomwire('connection', 'resume', 'c1')).out).toBe('c1 is active\n');
    expect((await connections.fromLeader('c1'))!.status).toBe('active');
  });

  it('leaves a lapse to the vault', async () => {
    await connections.put('c1', { ...account, status: 'lapsed' });
    for (const name of ['pause', 'resume'])
      expect(await roomwire('connection', name, 'c1')).toMatchObject({
        code: 5,
        err: expect.stringContaining('vault reauthorise c1') as string,
      });
    expect((await connections.fromLeader('c1'))!.status).toBe('lapsed');
  });

  it('has everything read again, and leaves alone what is being read', async () => {
    await drains.put(drainKey(whole), { ...whole, round });
    expect((await roomwire('connection', 'backfill', 'c1')).out).toBe('c1: everything is read again: tasks\n');
    expect((await drains.fromLeader(drainKey(whole)))!.round).toEqual(round);
    await drains.put(drainKey(whole), whole);
    expect((await roomwire('connection', 'backfill', 'c1', '--json')).out).toBe(
      '{"connection":"c1","lists":["reservations","tasks"]}\n',
    );

    expect(await drains.fromLeader(drainKey(whole))).toMatchObject({ dueAt: NOW, calendarsDueAt: 0 });
    expect((await drains.fromLeader(drainKey(poll)))!.dueAt).toBe(poll.dueAt);
    expect(await lastAudited()).toMatchObject({ operation: 'connection backfill', connection: 'c1' });
  });

  it('says that there is no such connection, and what there is', async () => {
    for (const name of ['pause', 'resume', 'backfill'])
      expect(await roomwire('connection', name, 'nobody')).toMatchObject({
        code: 3,
        err: expect.stringContaining('connection ls') as string,
      });
  });
});
