import { Bus, natsConf, passwordVariable, publishDeadLetter, USERS, type NatsConnection } from '@roomwire/jetstream';
import { httpSink, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { Redis } from 'ioredis';
import type { Finding } from './core/finding.ts';
import { run } from './program.ts';
import { hostaway, makeAcme, putConnection } from './testing/acme.ts';
import { connectAs, passwordOf } from './testing/broker.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const env = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), passwordOf(user)]));
let nats: NatsServer;
let redis: RedisServer;
let nc: NatsConnection;
beforeAll(async () => {
  [nats, redis] = await Promise.all([natsServer({ config: natsConf(), env }), redisServer()]);
  nc = await connectAs('operator', nats);
  await makeAcme(nc);
});
afterAll(async () => {
  await nc?.close();
  await Promise.all([nats?.[Symbol.asyncDispose](), redis?.[Symbol.asyncDispose]()]);
});

async function doctor(args: string[] = [], more: Record<string, string> = {}) {
  const terminal = memoryTerminal({ env: { NATS_URL: nats.url, NATS_PASSWORD: passwordOf('operator'), ...more }, now: Date.now });
  const code = await run(['doctor', ...args, '--json'], terminal);
  const { findings } = JSON.parse(terminal.written.out) as { findings: Finding[] };
  return { code, err: terminal.written.err, of: (about: string) => findings.filter((each) => each.about === about), findings };
}

describe('roomwire doctor', () => {
  it('calls not seen what it could not look at, and in danger what nobody serves', async () => {
    const { code, err, of, findings } = await doctor();

    expect(code).toBe(7);
    expect(err).toMatch(/findings are dangers/);
    expect(of('nats-server')).toMatchObject([{ level: 'ok' }]);
    expect(of('topology')).toMatchObject([{ level: 'ok' }]);
    expect(of('clock of the broker')).toMatchObject([{ level: 'ok' }]);
    expect(of('fsync')).toMatchObject([{ level: 'not-seen', todo: expect.stringContaining('--nats-monitor') as string }]);
    expect(of('redis')).toMatchObject([{ level: 'not-seen' }]);
    expect(of('readiness')).toMatchObject([{ level: 'not-seen' }]);
    expect(of('normalizer')).toMatchObject([{ level: 'danger', todo: expect.stringContaining('/readyz') as string }]);
    expect(of('token-vault')).toMatchObject([{ level: 'danger' }]);
    expect(of('replicas')).toMatchObject([{ level: 'warning' }]);
    expect(findings[0]).toMatchObject({ level: 'danger' });
  });

  it('sees how the broker writes to the disk, how Redis is set, and who is ready', async () => {
    await using service = await httpSink({ status: 503 });
    const setPolicy = async (policy: string): Promise<void> => {
      const client = new Redis(redis.url);
      await client.config('SET', 'maxmemory-policy', policy).finally(() => client.disconnect());
    };
    const look = () => doctor(['--nats-monitor', nats.monitorUrl, '--ready', service.url], { REDIS_URL: redis.url });
    const bad = await look();
    service.otherwise = { status: 200 };
    const good = await look();

    expect(bad.of('fsync')).toMatchObject([{ level: 'warning', seen: expect.stringMatching(/every 120 s/) as string }]);
    expect(bad.of(service.url)).toMatchObject([{ level: 'danger', seen: 'not ready: 503' }]);
    expect(good.of(service.url)).toMatchObject([{ level: 'ok' }]);
    expect(good.of('redis eviction')).toMatchObject([{ level: 'ok', seen: 'noeviction' }]);
    expect(good.of('clock of redis')).toMatchObject([{ level: 'ok' }]);
    await setPolicy('allkeys-lru');
    expect((await look()).of('redis eviction')).toMatchObject([{ level: 'danger', seen: 'allkeys-lru' }]);
    await setPolicy('noeviction');
  });

  it('sees a Redis that is not there', async () => {
    expect((await doctor([], { REDIS_URL: 'redis://127.0.0.1:1' })).of('redis')).toMatchObject([
      { level: 'danger', seen: 'does not answer' },
    ]);
  });

  it('sees what differs from the topology, what is missing, what fills, who lapsed and what died', async () => {
    const jsm = await new Bus(nc).jsm();
    await jsm.streams.update('FETCH_acme', { max_bytes: 4_096 });
    await jsm.consumers.delete('WORK_acme', 'registry-bulk');
    await jsm.streams.delete('KV_sync');
    await new Bus(nc).publish('pms.acme.fetch.live.hostaway.c1.reservation.9', 'x'.repeat(3_800), { id: 'f' });
    await putConnection(nc, { ...hostaway, status: 'lapsed' });
    const letter = {
      tenant: 'acme',
      stream: 'WORK_acme',
      seq: 5,
      stage: 'normalizer-live',
      subject: 'pms.acme.raw.live.hostaway.c1',
    };
    await publishDeadLetter(
      new Bus(nc),
      { ...letter, attempts: 1, firstAt: new Date().toISOString(), headers: [], data: new Uint8Array() },
      { reason: 'schema' },
    );

    const { of } = await doctor();

    expect(of('topology')).toMatchObject([
      { level: 'danger', seen: 'missing: stream KV_sync, consumer registry-bulk of WORK_acme' },
    ]);
    expect(
      of('FETCH_acme')
        .map(({ level }) => level)
        .sort(),
    ).toEqual(['danger', 'warning']);
    expect(of('connection c1')).toMatchObject([{ level: 'danger' }]);
    expect(of('dead letters of acme')).toMatchObject([{ level: 'warning', seen: '1, 1 of them in the last hour' }]);
  });
});
