import { createHash } from 'node:crypto';
import { mappingKey } from '@roomwire/events';
import { provisionFile } from './core/provision-file.ts';
import { reportText } from './core/provision-report.ts';
import { provision, type ProvisionedTenant } from './provisioner.ts';
import type { ReadyTenant } from './provision-input.ts';
import { memoryInstallation, type MemoryInstallation } from './testing/memory-installation.ts';

const defaults = { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
const token = `rw_acme_${'t'.repeat(43)}`;
const hash = createHash('sha256').update(token).digest('hex');

function ready({ apiToken, ...more }: { apiToken?: string } & Record<string, unknown> = {}): ReadyTenant[] {
  const file = provisionFile.parse({
    tenants: [
      {
        id: 'acme',
        name: 'Acme',
        defaults,
        connections: [{ id: 'c1', provider: 'hostaway', account: '7' }],
        properties: [{ id: 'p1', providerIds: { c1: '100' }, units: [{ id: 'u1', name: 'One', providerIds: { c1: '100-1' } }] }],
        ...more,
      },
    ],
  });
  return file.tenants.map((declared) => ({
    declared,
    ...(apiToken ? { apiToken } : {}),
    connections: declared.connections.map((connection) => ({
      declared: connection,
      credentials: { clientId: 'id', clientSecret: 's' },
      webhookSecret: { login: 'rw', password: 'p' },
    })),
  }));
}

async function run(installation: MemoryInstallation, tenants = ready()): Promise<ProvisionedTenant[]> {
  const report: ProvisionedTenant[] = [];
  await provision(tenants, installation, report);
  return report;
}

describe('provision', () => {
  it('makes streams before what services attach by, and connections before their secrets', async () => {
    const installation = memoryInstallation();

    await run(installation);

    expect(installation.steps).toEqual([
      'streams acme',
      'tenants acme',
      'consumers acme hostaway',
      'connections c1',
      'credentials c1',
      'webhook secret c1',
      expect.stringMatching(/^mappings acme\.map\.c1\.property\./),
      'units acme.unit.u1',
      expect.stringMatching(/^mappings acme\.map\.c1\.unit\./),
    ]);
  });

  it('makes a token for a tenant that has none, tells it once, and keeps its hash only', async () => {
    const installation = memoryInstallation();

    const [first] = await run(installation);
    const [again] = await run(installation);

    expect(first?.apiToken).toMatch(/^rw_acme_[A-Za-z0-9_-]{43}$/);
    expect(installation.kept['tenants']?.get('acme')).toMatchObject({
      apiTokenHashes: [createHash('sha256').update(first!.apiToken!).digest('hex')],
    });
    expect(again?.apiToken).toBeUndefined();
    expect(JSON.stringify([...installation.kept['tenants']!])).not.toContain(first!.apiToken!.slice(8));
  });

  it('says of everything that it is right when it is run again, and writes nothing but secrets', async () => {
    const installation = memoryInstallation();
    await run(installation);
    installation.steps.length = 0;

    const [again] = await run(installation);

    expect(again).toMatchObject({
      change: 'unchanged',
      connections: [{ change: 'unchanged' }],
      catalogue: { made: 0, changed: 0, unchanged: 3 },
    });
    expect(installation.steps).toEqual(['streams acme', 'consumers acme hostaway', 'credentials c1', 'webhook secret c1']);
  });

  it('adds a declared token to those in force, and does not print it', async () => {
    const installation = memoryInstallation();
    const [first] = await run(installation);

    const [second] = await run(installation, ready({ apiToken: token }));

    expect(first?.apiToken).toBeDefined();
    expect(second).toMatchObject({ change: 'changed' });
    expect(second?.apiToken).toBeUndefined();
    expect(installation.kept['tenants']?.get('acme')).toMatchObject({ apiTokenHashes: [expect.any(String), hash] });
  });

  it('leaves a paused tenant and a lapsed connection as they are', async () => {
    const installation = memoryInstallation();
    await run(installation);
    for (const [name, key, status] of [
      ['tenants', 'acme', 'paused'],
      ['connections', 'c1', 'lapsed'],
    ] as const)
      installation.kept[name]!.set(key, { ...(installation.kept[name]!.get(key) as object), status });

    await run(installation, ready({ name: 'Acme Ltd' }));

    expect(installation.kept['tenants']?.get('acme')).toMatchObject({ name: 'Acme Ltd', status: 'paused' });
    expect(installation.kept['connections']?.get('c1')).toMatchObject({ status: 'lapsed' });
  });

  it('keeps what is said for the provider while it is declared', async () => {
    const installation = memoryInstallation();
    const declare = (more: object) => run(installation, ready({ connections: [{ id: 'c1', provider: 'smoobu', ...more }] }));

    await declare({ unsaid: { timeZone: 'Europe/Berlin', currency: 'EUR' } });
    expect(installation.kept['connections']?.get('c1')).toMatchObject({ unsaid: { timeZone: 'Europe/Berlin', currency: 'EUR' } });

    await declare({});
    expect(installation.kept['connections']?.get('c1')).not.toHaveProperty('unsaid');
  });

  it('keeps the epoch that a connection was raised to', async () => {
    const installation = memoryInstallation();
    await run(installation);
    installation.kept['connections']!.set('c1', { ...(installation.kept['connections']!.get('c1') as object), epoch: 2 });

    await run(installation, ready({ connections: [{ id: 'c1', provider: 'hostaway', account: '8' }] }));

    expect(installation.kept['connections']?.get('c1')).toMatchObject({ account: '8', epoch: 2 });
  });

  it('remembers what a provider id meant before it was declared, so that the registry moves what stands there', async () => {
    const installation = memoryInstallation();
    const key = mappingKey('acme', 'unit', 'c1', '100-1');
    installation.kept['mappings']!.set(key, { kind: 'unit', connection: 'c1', entity: '100-1', id: 'u-learnt' });

    await run(installation);

    expect(installation.kept['mappings']?.get(key)).toMatchObject({ id: 'u1', formerly: ['u-learnt'] });
  });

  it.each([
    ['belongs to another tenant', { tenant: 'other' }],
    ['is of another provider', { provider: 'mews' }],
  ])('refuses a connection that %s, and still tells the token that it made', async (_name, wrong) => {
    const installation = memoryInstallation();
    await run(installation);
    installation.kept['connections']!.set('c1', { ...(installation.kept['connections']!.get('c1') as object), ...wrong });
    installation.kept['tenants']!.clear();
    installation.steps.length = 0;
    const report: ProvisionedTenant[] = [];

    await expect(provision(ready(), installation, report)).rejects.toMatchObject({ exit: 'refused' });

    expect(report[0]?.apiToken).toBeDefined();
    expect(installation.steps).toEqual(['streams acme', 'tenants acme']);
  });
});

describe('reportText', () => {
  it('names what was done and shows a made token last', async () => {
    const text = reportText(await run(memoryInstallation()));

    expect(text).toMatch(
      /^WHAT +ID +CHANGE\ntenant +acme +made\nconnection +c1 +made +hostaway, credentials sent, webhook secret sent\n/,
    );
    expect(text).toMatch(/\n\nAPI token of acme, shown this once: rw_acme_\S{43}$/);
  });
});
