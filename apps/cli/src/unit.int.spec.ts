import {
  connection as connectionSchema,
  firstCatalogId,
  mapping as mappingSchema,
  mappingKey,
  tenant as tenantSchema,
  unit as unitSchema,
  unitKey,
  type Connection,
  type Mapping,
} from '@roomwire/events';
import { ensureFleet, ensureTenant, KvTable, type NatsConnection } from '@roomwire/jetstream';
import type { NatsServer } from '@roomwire/testkit';
import { audited } from './testing/audited.ts';
import { asAda, brokerOfUsers, connectAs } from './testing/broker.ts';

const HERE = firstCatalogId('unit', 'c1', '40');
const THERE = firstCatalogId('unit', 'c2', '7');

let nats: NatsServer;
let nc: NatsConnection;
let mappings: KvTable<Mapping>;
let connections: KvTable<Connection>;

beforeEach(async () => {
  nats = await brokerOfUsers();
  nc = await connectAs('operator', nats);
  await ensureFleet(nc);
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  const units = await KvTable.open(nc, 'catalog', unitSchema, { filter: '*.unit.*' });
  mappings = await KvTable.open(nc, 'catalog', mappingSchema, { filter: '*.map.>' });
  connections = await KvTable.open(nc, 'connections', connectionSchema);
  for (const id of ['acme', 'other']) {
    await ensureTenant(nc, id);
    const defaults = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };
    await tenants.put(id, { id, name: id, status: 'active', apiTokenHashes: [], defaults });
  }
  const account = {
    tenant: 'acme',
    provider: 'hostaway',
    status: 'active',
    account: null,
    baseUrl: null,
    unitsOf: null,
  } as const;
  for (const id of ['c1', 'c2']) await connections.put(id, { ...account, id });
  await connections.put('c1-internal', { ...account, id: 'c1-internal', provider: 'internal', unitsOf: 'c1' });
  for (const [connection, entity, id, property] of [
    ['c1', '40', HERE, 'p-1'],
    ['c2', '7', THERE, 'p-2'],
  ] as const) {
    await units.put(unitKey('acme', id), { id, property, name: `Door ${entity}` });
    await mappings.put(mappingKey('acme', 'unit', connection, entity), { kind: 'unit', connection, entity, id });
  }
  await Promise.all([tenants.close(), units.close()]);
});
afterEach(async () => {
  await Promise.all([mappings.close(), connections.close()]);
  await nc.close();
  await nats[Symbol.asyncDispose]();
});

async function roomwire(...args: string[]) {
  const written = await asAda(nats, args);
  return { ...written, lines: () => written.out.trimEnd().split('\n') };
}

const meaning = async () => (await mappings.fromLeader(mappingKey('acme', 'unit', 'c2', '7')))!;

describe('roomwire unit', () => {
  it('lists units with their providers’ ids', async () => {
    const { code, lines } = await roomwire('unit', 'ls');

    expect(code).toBe(0);
    expect(lines()[0]).toMatch(/^TENANT +UNIT +PROPERTY +NAME +PROVIDERS’ IDS$/);
    for (const [unit, property, name, id] of [
      [HERE, 'p-1', 'Door 40', 'c1:40'],
      [THERE, 'p-2', 'Door 7', 'c2:7'],
    ])
      expect(lines()).toContainEqual(expect.stringMatching(new RegExp(`^acme +${unit} +${property} +${name} +${id}$`)));
    const only = JSON.parse((await roomwire('unit', 'ls', '--property', 'p-2', '--json')).out) as unknown;
    expect(only).toMatchObject({ units: [{ tenant: 'acme', unit: THERE, ids: [{ connection: 'c2', id: '7' }] }] });
    expect((await roomwire('unit', 'ls', '--tenant', 'other')).out).toBe('no units\n');
  });

  it('links two, once, and writes down who did and why', async () => {
    const first = await roomwire('unit', 'link', HERE, THERE, '--reason', 'the same flat');
    const again = await roomwire('unit', 'link', HERE, THERE);

    expect(first).toMatchObject({ code: 0, out: `c2:7: now ${HERE}\n` });
    expect(again).toMatchObject({ code: 0, out: `${THERE} is linked to ${HERE} already\n` });
    expect(await meaning()).toMatchObject({ id: HERE, formerly: [THERE] });
    expect(await audited(nc, 'acme')).toMatchObject([
      {
        ...{ operation: 'unit link', by: 'ada', reason: 'the same flat' },
        details: { unit: HERE, other: THERE, ids: ['c2:7'] },
      },
    ]);
    expect((await roomwire('unit', 'ls')).lines().at(-1)).toMatch(/ c1:40, c2:7$/);
  });

  it('unlinks what was linked, once', async () => {
    await roomwire('unit', 'link', HERE, THERE);

    expect(await roomwire('unit', 'unlink', 'c2', '7', '--json')).toMatchObject({
      code: 0,
      out: `${JSON.stringify({ tenant: 'acme', connection: 'c2', id: '7', unit: THERE, changed: true })}\n`,
    });
    expect(await meaning()).toMatchObject({ id: THERE, formerly: [HERE] });
    expect(await roomwire('unit', 'unlink', 'c2', '7')).toMatchObject({
      code: 0,
      out: `c2:7 has a unit of its own already: ${THERE}\n`,
    });
    expect(await audited(nc, 'acme')).toHaveLength(2);
  });

  it('says which id to unlink where another one is linked to a door’s own unit', async () => {
    await roomwire('unit', 'link', HERE, THERE);

    expect(await roomwire('unit', 'unlink', 'c1', '40')).toMatchObject({
      code: 5,
      err: expect.stringContaining('roomwire unit unlink c2 7') as string,
    });
  });

  it.each([
    [['unit', 'link', 'u-none', 'u-nil'], 3, /there is no unit u-none, nor u-nil/],
    [['unit', 'link', HERE, THERE, '--tenant', 'other'], 3, /there is no unit/],
    [['unit', 'link', HERE, HERE], 2, /itself/],
    [['unit', 'ls', '--tenant', 'nobody'], 3, /acme, other/],
    [['unit', 'unlink', 'c2', '8'], 3, /no unit is known by c2:8/],
    [['unit', 'unlink', 'c9', '8'], 3, /no connection "c9"/],
    [['unit', 'unlink', 'c1-internal', '40'], 5, /units of c1/],
    [['registry', 'reset', '--tenant', 'other', '--connection', 'c1'], 3, /no connection "c1"/],
  ])('%j ends with %i', async (args, code, says) => {
    expect(await roomwire(...args)).toMatchObject({ code, out: '', err: expect.stringMatching(says) as string });
    expect(await audited(nc, 'acme')).toEqual([]);
  });
});

describe('roomwire registry reset', () => {
  it('raises the connection’s epoch each time, audited, and leaves the rest of it alone', async () => {
    const before = await connections.fromLeader('c1');

    await roomwire('registry', 'reset', '--tenant', 'acme', '--connection', 'c1', '--reason', 'restored from backup');
    const second = await roomwire('registry', 'reset', '--tenant', 'acme', '--connection', 'c1', '--json', '--by', 'grace');

    expect(JSON.parse(second.out)).toEqual({ tenant: 'acme', connection: 'c1', epoch: 2 });
    expect(await connections.fromLeader('c1')).toEqual({ ...before, epoch: 2 });
    expect(await audited(nc, 'acme')).toMatchObject([
      { operation: 'registry reset', details: { epoch: 1 }, by: 'ada', reason: 'restored from backup' },
      { operation: 'registry reset', connection: 'c1', details: { epoch: 2 }, by: 'grace' },
    ]);
  });
});
