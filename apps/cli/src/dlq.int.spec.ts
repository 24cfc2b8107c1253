import { tenant as tenantSchema } from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureFleet,
  ensureTenant,
  KvTable,
  natsConf,
  passwordVariable,
  publishDeadLetter,
  USERS,
  type NatsConnection,
} from '@roomwire/jetstream';
import { eventually, freePort, natsServer, type NatsServer } from '@roomwire/testkit';
import { run } from './program.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const PASSWORD = 'pass-operator-planted';
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), `pass-${user}`]));
const defaults = { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
let nats: NatsServer;
let nc: NatsConnection;

beforeAll(async () => {
  nats = await natsServer({ config: natsConf(), env: { ...passwords, NATS_PASSWORD_OPERATOR: PASSWORD } });
  nc = await connectNats({ servers: nats.url, service: 'operator', user: 'operator', pass: PASSWORD });
  await ensureFleet(nc);
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  for (const id of ['acme', 'other']) {
    await ensureTenant(nc, id);
    await tenants.put(id, { id, name: id, status: 'active', apiTokenHashes: [], defaults });
  }
  await tenants.close();
  await letter('acme', 1, 'normalizer-live', 'schema', '{"guest":"Ada","password":"hunter2"}');
  await letter('acme', 2, 'registry-bulk', 'poison', 'not JSON, secret=hunter2');
  await letter('other', 1, 'normalizer-live', 'schema', '{}');
});

afterAll(async () => {
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

function letter(tenant: string, seq: number, stage: string, reason: string, body: string): Promise<void> {
  return publishDeadLetter(
    new Bus(nc),
    {
      tenant,
      stream: `WORK_${tenant}`,
      seq,
      stage,
      subject: `pms.${tenant}.raw.live.hostaway.c1`,
      headers: [
        ['Rw-Receipt', `receipt-${seq}`],
        ['Rw-Via', 'push'],
      ],
      data: new TextEncoder().encode(body),
      attempts: 3,
      firstAt: '2026-11-21T05:00:00.000Z',
    },
    { reason, detail: 'expected a date', pointer: '/data/0' },
    Date.parse('2026-11-21T05:57:00Z'),
  );
}

async function roomwire(...args: string[]) {
  const terminal = memoryTerminal({ env: { NATS_URL: nats.url, NATS_PASSWORD: PASSWORD } });
  const code = await run(args, terminal);
  return {
    code,
    ...terminal.written,
    letters: () => JSON.parse(terminal.written.out) as { letters: { id: string; reason: string }[]; more: boolean },
  };
}

describe('roomwire dlq ls', () => {
  it('lists the letters of all tenants, one line each', async () => {
    const { code, out } = await roomwire('dlq', 'ls');

    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^ID +STAGE +PROVIDER +REASON/),
      expect.stringMatching(/^acme:1 +normalizer-live +hostaway +schema +\/data\/0 +3 +3m +[0-9a-f]{12} +receipt-1$/),
      expect.stringMatching(/^acme:2 +registry-bulk +hostaway +poison/),
      expect.stringMatching(/^other:1 /),
    ]);
  });

  it.each([
    [
      ['--tenant', 'acme'],
      ['acme:1', 'acme:2'],
    ],
    [
      ['--all', '--reason', 'schema'],
      ['acme:1', 'other:1'],
    ],
    [['--stage', 'registry-bulk'], ['acme:2']],
    [
      ['--stage', 'normalizer'],
      ['acme:1', 'other:1'],
    ],
    [
      ['--after', 'acme:1'],
      ['acme:2', 'other:1'],
    ],
    [['--tenant', 'other', '--connection', 'c1', '--until', '2027-01-01'], ['other:1']],
    [['--connection', 'c2'], []],
    [['--kind', 'reservation'], []],
    [['--provider', 'mews'], []],
  ])('filters by %j', async (options, ids) => {
    const { letters } = await roomwire('dlq', 'ls', '--json', ...options);

    expect(letters()).toMatchObject({ letters: ids.map((id) => ({ id })), more: false });
  });

  it('says that there are more than it shows', async () => {
    const { err, letters } = await roomwire('--json', 'dlq', 'ls', '--limit', '1');
    expect(letters()).toMatchObject({ letters: [{ id: 'acme:1' }], more: true });
    expect(err).toBe('');
    expect((await roomwire('dlq', 'ls', '--limit', '1')).err).toMatch(/more than 1/);
  });

  it('says that a tenant is not there', async () => {
    expect(await roomwire('dlq', 'ls', '--tenant', 'nobody')).toMatchObject({
      code: 3,
      err: expect.stringMatching(/no such tenant/) as unknown,
    });
  });
});

describe('roomwire dlq stats', () => {
  it('tells how many of each cause, tenant, stage, provider and age, and how many conflicts are open', async () => {
    const { out } = await roomwire('dlq', 'stats');

    for (const line of [
      /^1 +[0-9a-f]{12} +acme +normalizer-live +hostaway +schema +\/data\/\* /m,
      /^acme +2$/m,
      /^normalizer-live +2$/m,
      /^hostaway +3$/m,
      /^open conflicts: 0, refused pushes: 0$/m,
    ])
      expect(out).toMatch(line);
  });

  it('prints JSON with --json, of what is asked for', async () => {
    const { out } = await roomwire('dlq', 'stats', '--json', '--stage', 'registry');

    expect(JSON.parse(out)).toMatchObject({
      letters: 1,
      causes: [{ tenant: 'acme', letters: 1, reason: 'poison', oldest: { id: 'acme:2' }, newest: { id: 'acme:2' } }],
      openConflicts: 0,
      refusedPushes: 0,
    });
  });
});

describe('roomwire dlq watch', () => {
  it('tells of letters as they come, and of none that was there', async () => {
    const terminal = memoryTerminal({ env: { NATS_URL: nats.url, NATS_PASSWORD: PASSWORD } });
    const watching = run(['dlq', 'watch', '--json', '--reason', 'schema'], terminal);
    // Its followers begin at their own time.
    await eventually(async () => {
      await letter('other', Math.floor(Math.random() * 1e9), 'normalizer-live', 'schema', '{}');
      await letter('other', Math.floor(Math.random() * 1e9), 'normalizer-live', 'poison', '{}');
      expect(terminal.written.out).not.toBe('');
    });
    terminal.stop();

    expect(await watching).toBe(0);
    const told = terminal.written.out.trimEnd().split('\n');
    expect(told.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual(told.map(() => 'schema'));
    expect(terminal.written.out).not.toMatch(/"other:1"/);
  });
});

describe('roomwire dlq show', () => {
  it('shows why, where and what, with secrets masked', async () => {
    const { code, out } = await roomwire('dlq', 'show', 'acme:1');

    expect(code).toBe(0);
    for (const part of [
      'expected a date',
      '/data/0',
      'receipt-1',
      'WORK_acme 1 pms.acme.raw.live.hostaway.c1',
      'Rw-Via',
      '"guest": "Ada"',
    ])
      expect(out).toContain(part);
    expect(out).not.toContain('hunter2');
  });

  it('gives the original bytes and nothing else with --raw', async () => {
    const { out, bytes } = await roomwire('dlq', 'show', 'acme:2', '--raw');

    expect(out).toBe('');
    expect(Buffer.concat(bytes).toString()).toBe('not JSON, secret=hunter2');
  });

  it('prints JSON with --json', async () => {
    expect(JSON.parse((await roomwire('dlq', 'show', 'acme:1', '--json')).out)).toMatchObject({
      id: 'acme:1',
      attempts: 3,
      payload: { guest: 'Ada', password: '[masked]' },
    });
  });

  it.each([
    ['acme:99', 3],
    ['nobody:1', 3],
    ['nonsense', 2],
  ])('%s ends with %i', async (id, code) => {
    expect((await roomwire('dlq', 'show', id)).code).toBe(code);
  });
});

describe('roomwire without a way in', () => {
  it('says that NATS cannot be reached and what to do', async () => {
    const port = await freePort();
    const terminal = memoryTerminal({ env: { NATS_URL: `nats://user:planted@127.0.0.1:${port}`, NATS_PASSWORD: PASSWORD } });

    expect(await run(['dlq', 'ls'], terminal)).toBe(4);
    expect(terminal.written.err).toMatch(new RegExp(`cannot reach NATS at nats://127.0.0.1:${port} \\(ECONNREFUSED\\)`));
    expect(terminal.written.err).toMatch(/npm start/);
    expect(terminal.written.err).not.toMatch(/planted/);
  });

  it('says that the user or the password is wrong, and shows neither password', async () => {
    const terminal = memoryTerminal({ env: { NATS_URL: nats.url, NATS_PASSWORD: 'wrong-planted' } });

    expect(await run(['dlq', 'ls'], terminal)).toBe(5);
    expect(terminal.written.err).toMatch(/does not let us in/);
    expect(terminal.written.err).not.toMatch(/planted/);
  });
});
