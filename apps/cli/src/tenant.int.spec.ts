import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis } from '@roomwire/chassis';
import {
  connection as connectionSchema,
  erasedTenant,
  eventOf,
  facet,
  tenant as tenantSchema,
  type Connection,
  type EntityRecord,
} from '@roomwire/events';
import {
  Bus,
  ensureFleet,
  ensureTenant,
  KvTable,
  publishDeadLetter,
  streamOf,
  tenantStreams,
  type NatsConnection,
} from '@roomwire/jetstream';
import { createLog } from '@roomwire/telemetry';
import {
  eventually,
  redisServer,
  spawned,
  spawnedSource,
  type NatsServer,
  type RedisServer,
  type Spawned,
} from '@roomwire/testkit';
import { run } from './program.ts';
import { brokerOfUsers, connectAs, passwordOf } from './testing/broker.ts';
import { roomwireOptions } from './testing/cli-process.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const PLANTED = 'planted-secret';
const defaults = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };

describe('roomwire tenant', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let memory: Awaited<ReturnType<typeof connectRedis>>;
  let registry: Spawned;
  let nc: NatsConnection;
  let vault: NatsConnection;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([brokerOfUsers(), redisServer()]);
    const as = (user: string) => connectAs(user, nats);
    [nc, vault] = await Promise.all([as('operator'), as('token-vault')]);
    await ensureFleet(nc);
    memory = await connectRedis(redis.url, { log: createLog('test', 'silent'), role: 'test' });
    const env = { NATS_URL: nats.url, NATS_PASSWORD: passwordOf('registry'), REDIS_URL: redis.url };
    registry = spawnedSource('apps/registry/src/main.ts', { env, name: 'registry' });
    await registry.line(/"event":"listening"/);
    await Promise.all(['acme', 'other'].map(make));
  }, 30_000);
  afterAll(async () => {
    await registry?.kill();
    memory?.disconnect();
    await Promise.all([nc?.close(), vault?.close()]);
    await Promise.all([nats?.[Symbol.asyncDispose](), redis?.[Symbol.asyncDispose]()]);
  });

  /** With a stay, a room, a catalogue, secrets, a dead letter and an audit. */
  async function make(id: string): Promise<void> {
    await ensureTenant(nc, id);
    const connections = await KvTable.open(nc, 'connections', connectionSchema);
    const connection: Connection = {
      ...{ id: `${id}-hostaway`, tenant: id, provider: 'hostaway', status: 'active', account: '1', unitsOf: null },
      baseUrl: `http://user:${PLANTED}@127.0.0.1:9/`,
    };
    await connections.put(connection.id, connection);
    await connections.close();
    await setTenant(id);
    await new Bus(vault).publish(`$KV.vault.${connection.id}`, { sealed: `rw1.${PLANTED}` }, { id: `vault-${id}` });
    await new Bus(nc).publish(`$KV.sync.page.${connection.id}.reservations.poll`, { of: id }, { id: `page-${id}` });
    await publishDeadLetter(new Bus(nc), letterOf(id), { reason: 'schema' });
    await roomwire(['tenant', 'pause', id]);
    await roomwire(['tenant', 'resume', id, '--reason', 'a spec']);
    await tell(id);
    await eventually(async () => expect(await subjects(streamOf('STATE', id))).toHaveLength(2), { withinMs: 15_000 });
  }

  async function setTenant(id: string): Promise<void> {
    const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
    await tenants.put(id, { id, name: `${id} Stays`, status: 'active', apiTokenHashes: ['ab'.repeat(32)], defaults });
    await tenants.close();
  }

  async function tell(id: string, guest = `Guest of ${id}`): Promise<void> {
    const now = Date.now();
    const day = (offset: number): string => new Date(now + offset * 86_400_000).toISOString().slice(0, 10);
    const stamp = { epoch: 0, modifiedAt: now * 1000, rank: 0 as const, observedAt: 0, mapping: 1 };
    const core = { status: 'confirmed', arrival: day(-1), departure: day(3), property: '40', unitType: '40', channel: null };
    const told: EntityRecord = {
      ...{ kind: 'reservation', connection: `${id}-hostaway`, entity: '1' },
      facets: { core: facet(core, stamp), guest: facet({ name: guest, adults: null, children: null }, stamp) },
    };
    const receivedAt = new Date(now).toISOString();
    const event = eventOf(told, { tenant: id, provider: 'hostaway', lane: 'live', receipt: `receipt-${now}`, receivedAt });
    await new Bus(nc).publish(`pms.${id}.event.live.booking.40`, event, { id: event.id });
  }

  const letterOf = (tenant: string) => ({
    ...{ tenant, stream: `WORK_${tenant}`, seq: 1, stage: 'normalizer-live', attempts: 1, firstAt: '2026-11-21T05:00:00.000Z' },
    ...{ subject: `pms.${tenant}.raw.live.hostaway.${tenant}-hostaway`, headers: [] },
    data: new TextEncoder().encode(`{"guest":"Ada","password":"${PLANTED}"}`),
  });

  /** A minute from now: what was in hand at a pause has ended. */
  async function roomwire(args: string[], terminal = memoryTerminal({ env: envOf(), now: () => Date.now() + 60_000 })) {
    const code = await run(args, terminal);
    return { code, ...terminal.written };
  }
  const envOf = () => ({ NATS_URL: nats.url, NATS_PASSWORD: passwordOf('operator') });

  const subjects = async (stream: string, filter = '>'): Promise<string[]> => {
    const { state } = await (await new Bus(nc).jsm()).streams.info(stream, { subjects_filter: filter });
    return Object.keys(state.subjects ?? {}).sort();
  };
  /** A hash by its fields: Redis dumps them in the order of its table, which it turns over in the background. */
  async function contentOf(key: string): Promise<string> {
    if ((await memory.type(key)) !== 'hash') return (await memory.dumpBuffer(key)).toString('base64');
    return JSON.stringify(Object.entries(await memory.hgetall(key)).sort());
  }
  /** Every message of the streams, and every key of Redis, that belong to the tenant. */
  async function everythingOf(id: string): Promise<string[]> {
    const bus = new Bus(nc);
    const found: string[] = [];
    const places = [
      ...tenantStreams(id).map(({ name }) => [name, '>'] as const),
      ['KV_tenants', `$KV.tenants.${id}`] as const,
      ['KV_catalog', `$KV.catalog.${id}.>`] as const,
      ['KV_sync', `$KV.sync.page.${id}-hostaway.>`] as const,
      ...['connections', 'vault'].map((bucket) => [`KV_${bucket}`, `$KV.${bucket}.${id}-hostaway`] as const),
    ];
    const names = new Set(await namesOf());
    for (const [stream, filter] of places.filter(([stream]) => names.has(stream)))
      for (let seq = 1; ;) {
        const next = await bus.nextOn(stream, filter, seq);
        if (!next) break;
        const body = Buffer.from(next.data).toString('base64');
        found.push(`${stream} ${next.subject} ${next.seq} ${next.time.toISOString()} ${body}`);
        seq = next.seq + 1;
      }
    const keys = (await memory.keys(`*{${id}}*`)).sort();
    for (const key of keys) found.push(`${key} ${await contentOf(key)}`);
    return found;
  }
  const namesOf = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const name of (await new Bus(nc).jsm()).streams.names()) found.push(name);
    return found;
  };
  const revisionOf = async (id: string): Promise<unknown> => {
    const last = await new Bus(nc).lastOnLeader(streamOf('STATE', id), `pms.${id}.change.reservation.${id}-hostaway.1`);
    return (JSON.parse(new TextDecoder().decode(last!.data)) as { revision: number }).revision;
  };
  const erase = (id: string, ...more: string[]) => [
    'tenant',
    'erase',
    id,
    '--confirm',
    id,
    '--reason',
    'contract ended',
    ...more,
  ];

  it('exports everything that is held of a tenant, and no secret, and of nobody else', async () => {
    const { code, out, err } = await roomwire(['tenant', 'export', 'acme']);

    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown> & { of?: string; data?: { name?: string } });
    expect(entries[0]).toMatchObject({ roomwire: 'tenant-export', version: 1, tenant: 'acme' });
    const counts = { tenant: 1, connection: 1, catalog: 3, state: 2, 'dead-letter': 1, audit: 2 };
    const sha256 = createHash('sha256')
      .update(`${lines.slice(0, -1).join('\n')}\n`)
      .digest('hex');
    expect(entries.at(-1)).toEqual({ end: 'tenant-export', counts, sha256 });
    expect(err).toContain(sha256);
    expect(out).toContain('Guest of acme');
    expect(out).toContain('"guest":"Ada"');
    expect(out).not.toContain(PLANTED);
    expect(out).not.toContain('abab');
    expect(out).not.toContain('other');
  });

  it('writes an export into a file that nobody else may read, and not over another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'roomwire-export-'));
    try {
      const path = join(folder, 'acme.ndjson');
      const command = () => spawnedRoomwire(['tenant', 'export', 'acme', '--out', path]);

      expect(await command()).toBe(0);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8').trimEnd().split('\n').at(-1)).toMatch(/^\{"end":"tenant-export"/);
      expect(await command()).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  async function spawnedRoomwire(args: string[]): Promise<number | null> {
    await using command = spawned(roomwireOptions(args, { ...envOf(), NODE_OPTIONS: '' }));
    return (await command.exited).code;
  }

  it.each([
    [['tenant', 'export', 'nobody'], 3],
    [['tenant', 'pause', 'nobody'], 3],
    [['tenant', 'erase', 'nobody', '--confirm', 'nobody', '--reason', 'r'], 3],
    [['tenant', 'erase', 'acme', '--confirm', 'other', '--reason', 'r'], 2],
    [['tenant', 'erase', 'acme', '--confirm', 'acme'], 2],
    [['tenant', 'erase', 'acme', '--confirm', 'acme', '--reason', 'r'], 5],
  ])('%j ends with %i and changes nothing', async (args, code) => {
    const before = await everythingOf('acme');

    expect((await roomwire(args)).code).toBe(code);

    expect(await everythingOf('acme')).toEqual(before);
  });

  it('does not erase what was in hand a moment ago', async () => {
    await make('hasty');
    await roomwire(['tenant', 'pause', 'hasty']);

    const { code, err } = await roomwire(erase('hasty'), memoryTerminal({ env: envOf(), now: Date.now }));

    expect(code).toBe(5);
    expect(err).toMatch(/run it again in \d+ s/);
    expect(await subjects(streamOf('STATE', 'hasty'))).toHaveLength(2);
  });

  it('erases a paused tenant, killed after every step and run again, and leaves the other byte for byte', async () => {
    await make('gone');
    await roomwire(['tenant', 'pause', 'gone']);
    const other = await everythingOf('other');
    expect((await everythingOf('gone')).length).toBeGreaterThan(15);

    for (const step of ['begun', 'secrets removed', 'streams removed', 'keys removed', 'catalogue removed', 'looked through']) {
      const terminal = memoryTerminal({ env: envOf(), now: () => Date.now() + 60_000 });
      const err = (text: string): void => {
        if (text.includes(step)) throw new Error('killed');
      };
      expect(
        await run(erase('gone'), { ...terminal, err: (text) => (text.startsWith('roomwire:') ? undefined : err(text)) }),
      ).toBe(1);
    }
    const { code, out } = await roomwire(erase('gone', '--by', 'somebody else'));

    expect([code, out]).toEqual([0, 'gone is erased: nothing is left of it\n']);
    const left = await everythingOf('gone');
    expect(left).toHaveLength(1);
    const marker = (await new Bus(nc).lastOnLeader('KV_tenants', '$KV.tenants.gone'))!;
    expect(erasedTenant.parse(JSON.parse(new TextDecoder().decode(marker.data)))).toMatchObject({
      ...{ erased: 'ended', reason: 'contract ended', connections: ['gone-hostaway'] },
    });
    expect(await everythingOf('other')).toEqual(other);
    expect(await roomwire(['tenant', 'export', 'gone'])).toMatchObject({ code: 3 });
  }, 60_000);

  it('that was erased may be made again, and knows nothing of before', async () => {
    await make('again');
    await tell('again', 'Somebody else');
    await eventually(async () => expect(await revisionOf('again')).toBe(2));
    await roomwire(['tenant', 'pause', 'again']);
    expect((await roomwire(erase('again'))).code).toBe(0);

    await make('again');

    expect(await revisionOf('again')).toBe(1);
  }, 60_000);
});
