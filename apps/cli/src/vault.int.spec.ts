import { AUDIT_STREAM, auditHash, auditSubject, Bus, connectNats, ensureFleet, type NatsConnection } from '@roomwire/jetstream';
import { natsServer, type NatsServer } from '@roomwire/testkit';
import { run } from './program.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const said = {
  at: '2026-11-21T06:00:00.000Z',
  operation: 'lease',
  caller: 'sync-worker',
  verdict: 'refused',
  code: 'not-allowed',
};

describe('roomwire vault audit', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  beforeEach(async () => {
    nats = await natsServer();
    nc = await connectNats({ servers: nats.url, service: 'operator' });
  });
  afterEach(async () => {
    await nc.close();
    await nats[Symbol.asyncDispose]();
  });

  async function write(tenants: string[]): Promise<void> {
    let prev: string | null = null;
    for (const [i, tenant] of tenants.entries()) {
      const data = Buffer.from(JSON.stringify({ n: i + 1, prev, id: `${i}`, ...said, tenant, connection: `${tenant}-c` }));
      prev = auditHash(data);
      await new Bus(nc).publish(auditSubject('token-vault', 'w'), data, { id: `${i}` });
    }
  }
  async function roomwire(...args: string[]) {
    const terminal = memoryTerminal({ env: { NATS_URL: nats.url } });
    return { code: await run(['vault', 'audit', ...args], terminal), ...terminal.written };
  }

  it('lists the newest, of one tenant, and vouches for the whole', async () => {
    await ensureFleet(nc);
    await write(['t1', 't2', 't1', 't1', 't2']);
    const { out } = await roomwire('--tenant', 't1', '--limit', '2', '--json');
    expect((JSON.parse(out) as { seq: number }[]).map(({ seq }) => seq)).toEqual([3, 4]);
    expect((await roomwire()).out).toMatch(/refused: not-allowed +t2 +t2-c/);
    const whole = await roomwire('--verify');
    expect(whole).toMatchObject({ code: 0, err: '' });
    expect(whole.out).toMatch(/^5 entries of 1 writers, as they were written; the newest is 5, [0-9a-f]{64}/);
  });

  it('nobody can take an entry out of it, empty it, or allow himself to', async () => {
    await ensureFleet(nc);
    await write(['t1', 't1', 't1']);
    const { streams } = await new Bus(nc).jsm();
    await expect(streams.deleteMessage(AUDIT_STREAM, 2)).rejects.toThrow(/not permitted/);
    await expect(streams.purge(AUDIT_STREAM)).rejects.toThrow(/not permitted/);
    await expect(streams.update(AUDIT_STREAM, { deny_delete: false, deny_purge: false })).rejects.toThrow(/can not cancel deny/);
    expect((await streams.info(AUDIT_STREAM)).state.messages).toBe(3);
  });

  it('finds a gap and an alteration, with 5', async () => {
    const { streams } = await new Bus(nc).jsm();
    await streams.add({ name: AUDIT_STREAM, subjects: ['audit.>'] }); // not as ensureFleet makes it
    await write(['t1', 't1', 't1', 't1']);
    await streams.deleteMessage(AUDIT_STREAM, 2);
    const { code, err } = await roomwire('--verify');
    expect(code).toBe(5);
    expect(err).toMatch(
      /entry 3 of token-vault.w 1 entries before it are missing[\s\S]*is entry 3 of its writer and follows entry 1/,
    );
    expect((await roomwire()).err).toMatch(/not whole/);
  });

  it('says that there is none, and that no vault answers', async () => {
    expect(await roomwire()).toMatchObject({ code: 3 });
    const terminal = memoryTerminal({ env: { NATS_URL: nats.url } });
    expect(await run(['vault', 'keys', 'ls'], terminal)).toBe(4);
    expect(terminal.written.err).toMatch(/is token-vault running/);
  });
});
