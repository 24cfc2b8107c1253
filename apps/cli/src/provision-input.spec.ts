import { readProvisionFile } from './provision-input.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const defaults = { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
const token = `rw_acme_${'t'.repeat(43)}`;
const fileWith = (tenant: object) => JSON.stringify({ tenants: [{ id: 'acme', name: 'Acme', defaults, ...tenant }] });
const connection = {
  id: 'c1',
  provider: 'hostaway',
  credentials: { clientId: 'id', clientSecret: { env: 'HOSTAWAY_SECRET' } },
  webhookSecret: { login: 'rw', password: { file: 'webhook.txt' } },
};

describe('readProvisionFile', () => {
  it('finds secrets in the environment and in files, without the line break at the end', async () => {
    const terminal = memoryTerminal({
      env: { HOSTAWAY_SECRET: 's1', TOKEN: token },
      files: { 'f.json': fileWith({ apiToken: { env: 'TOKEN' }, connections: [connection] }), 'webhook.txt': 's2\n' },
    });

    const [tenant] = await readProvisionFile('f.json', terminal);

    expect(tenant).toMatchObject({
      apiToken: token,
      connections: [{ credentials: { clientId: 'id', clientSecret: 's1' }, webhookSecret: { login: 'rw', password: 's2' } }],
    });
  });

  it('names every secret that is missing at once', async () => {
    const terminal = memoryTerminal({ files: { 'f.json': fileWith({ apiToken: { env: 'TOKEN' }, connections: [connection] }) } });

    await expect(readProvisionFile('f.json', terminal)).rejects.toMatchObject({
      exit: 'usage',
      advice: expect.arrayContaining([
        'tenants[0].apiToken: the environment has no TOKEN',
        'tenants[0].connections[0].credentials.clientSecret: the environment has no HOSTAWAY_SECRET',
        'tenants[0].connections[0].webhookSecret.password: the file webhook.txt cannot be read (ENOENT)',
      ]) as unknown,
    });
  });

  it('refuses an API token of another tenant without showing it', async () => {
    const terminal = memoryTerminal({ files: { 'f.json': fileWith({ apiToken: `rw_other_${'t'.repeat(43)}` }) } });

    const refusal = await readProvisionFile('f.json', terminal).catch((error: unknown) => error);

    expect(refusal).toMatchObject({
      exit: 'usage',
      advice: [expect.stringMatching(/^tenants\[0\]\.apiToken: expected rw_acme_/)],
    });
    expect(JSON.stringify(refusal)).not.toMatch(/ttttt/);
  });

  it.each([
    ['a file that is not there', {}],
    ['a file that is not JSON', { 'f.json': '{"apiToken": hunter2' }],
    ['a file that declares nothing', { 'f.json': '{"tenants": []}' }],
  ])('refuses %s and quotes nothing of it', async (_name, files: Record<string, string>) => {
    const refusal = await readProvisionFile('f.json', memoryTerminal({ files })).catch((error: Error) => error);

    expect(refusal).toMatchObject({ exit: 'usage' });
    expect((refusal as Error).message).not.toMatch(/hunter2/);
  });
});
