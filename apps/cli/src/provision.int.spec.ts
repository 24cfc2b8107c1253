import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapping, mappingKey, tenant } from '@roomwire/events';
import { Bus, connectNats, KvTable, natsConf, passwordVariable, streamOf, USERS, type NatsConnection } from '@roomwire/jetstream';
import { natsServer, spawned, type NatsServer } from '@roomwire/testkit';
import { memoryVaultClient } from '@roomwire/vault-client';
import { provisionFile } from './core/provision-file.ts';
import { provisionOn } from './provision.ts';
import type { ProvisionedTenant } from './provisioner.ts';
import { roomwireOptions } from './testing/cli-process.ts';

const PASSWORD = 'pass-operator-planted';
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), PASSWORD]));
const defaults = { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
const declared = (id: string) => ({
  tenants: [
    {
      id,
      name: 'Acme',
      defaults,
      connections: [
        { id: `${id}-hostaway`, provider: 'hostaway', account: '4711', baseUrl: 'http://127.0.0.1:9/' },
        { id: `${id}-internal`, provider: 'internal', unitsOf: `${id}-hostaway` },
      ],
      properties: [{ id: 'p1', providerIds: { [`${id}-hostaway`]: '100' }, units: [{ id: 'u1', name: 'One' }] }],
    },
  ],
});

let nats: NatsServer;
let nc: NatsConnection;
let folder: string;

beforeAll(async () => {
  nats = await natsServer({ config: natsConf(), env: passwords });
  nc = await connectNats({ servers: nats.url, service: 'operator', user: 'operator', pass: PASSWORD });
  folder = await mkdtemp(join(tmpdir(), 'roomwire-provision-'));
});

afterAll(async () => {
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** As a person does: the command in a process of its own. */
async function roomwire(...args: string[]) {
  await using command = spawned(roomwireOptions(args, { NATS_URL: nats.url, NATS_PASSWORD: PASSWORD, NODE_OPTIONS: '' }));
  const { code } = await command.exited;
  return {
    code,
    output: command.output(),
    report: () => (JSON.parse(command.lines.at(-1) ?? '') as { tenants: ProvisionedTenant[] }).tenants,
  };
}

async function fileWith(content: unknown): Promise<string> {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  await writeFile(path, JSON.stringify(content));
  return path;
}

describe('roomwire provision', () => {
  it('makes everything on an empty broker, tells the token once, and finds it right the next time', async () => {
    const path = await fileWith(declared('acme'));

    const first = await roomwire('provision', path, '--json');
    const again = await roomwire('provision', path, '--json');

    expect([first.code, again.code]).toEqual([0, 0]);
    const [made] = first.report();
    expect(made).toMatchObject({
      id: 'acme',
      change: 'made',
      connections: [{ change: 'made' }, { change: 'made' }],
      catalogue: { made: 2 },
    });
    expect(again.report()).toMatchObject([
      { id: 'acme', change: 'unchanged', connections: [{ change: 'unchanged' }, { change: 'unchanged' }] },
    ]);
    expect(again.report()[0]).not.toHaveProperty('apiToken');
    const jsm = await new Bus(nc).jsm();
    expect((await jsm.consumers.info(streamOf('FETCH', 'acme'), 'fetch-hostaway-live')).name).toBe('fetch-hostaway-live');
    await using disposable = await open();
    expect(disposable.tenants.get('acme')).toMatchObject({
      apiTokenHashes: [createHash('sha256').update(made!.apiToken!).digest('hex')],
    });
    expect(disposable.mappings.get(mappingKey('acme', 'property', 'acme-hostaway', '100'))).toMatchObject({ id: 'p1' });
  });

  it('prints a table for people, in which no password stands', async () => {
    const { code, output } = await roomwire('provision', await fileWith(declared('people')));

    expect(code).toBe(0);
    expect(output).toMatch(/^WHAT +ID +CHANGE$/m);
    expect(output).toMatch(/^connection +people-hostaway +made +hostaway$/m);
    expect(output).toMatch(/API token of people, shown this once: rw_people_/);
    expect(output).not.toContain('planted');
  });

  it('gives secrets to the vault when the connections are there', async () => {
    const vault = memoryVaultClient();
    const [tenant] = provisionFile.parse(declared('secrets')).tenants;
    const connections = tenant!.connections.map((connection) => ({
      declared: connection,
      webhookSecret: { login: 'rw', password: 'planted' },
    }));
    const report: ProvisionedTenant[] = [];

    await provisionOn(nc, [{ declared: tenant!, connections }], vault, report);

    expect(report[0]?.connections[0]).toMatchObject({ webhookSecret: 'sent' });
    expect((await vault.webhookSecrets({ tenant: 'secrets', connection: 'secrets-hostaway' })).secrets).toEqual([
      { login: 'rw', password: 'planted' },
    ]);
    expect(JSON.stringify(report)).not.toContain('planted');
  });

  it('refuses a connection of another tenant', async () => {
    await roomwire('provision', await fileWith(declared('first')));
    const stolen = declared('second');
    stolen.tenants[0]!.connections[0]!.id = 'first-hostaway';

    const { code, output } = await roomwire('provision', await fileWith(stolen));

    expect(code).toBe(5);
    expect(output).toMatch(/connection "first-hostaway" belongs to another tenant/);
    expect(output).toMatch(/API token of second/);
  });

  it('refuses a file that is not valid before it touches anything', async () => {
    const { code, output } = await roomwire('provision', await fileWith({ tenants: [{ id: 'Bad Id' }] }));

    expect(code).toBe(2);
    expect(output).toMatch(/tenants\[0\]\.id: expected a slug/);
  });
});

async function open() {
  const tables = {
    tenants: await KvTable.open(nc, 'tenants', tenant),
    mappings: await KvTable.open(nc, 'catalog', mapping, { filter: '*.map.>' }),
  };
  return {
    ...tables,
    [Symbol.asyncDispose]: async () => void (await Promise.all([tables.tenants.close(), tables.mappings.close()])),
  };
}
