import { connection, type Connection } from '@roomwire/events';
import {
  AuditVerifier,
  connectNats,
  ensureFleet,
  ensureTenant,
  KvTable,
  natsConf,
  readAll,
  passwordVariable,
  USERS,
  type NatsConnection,
} from '@roomwire/jetstream';
import {
  eventually,
  httpSink,
  natsServer,
  redisServer,
  spawnedSource,
  spreadOf,
  type HttpSink,
  type NatsServer,
  type RedisServer,
  type Spawned,
} from '@roomwire/testkit';
import { natsVaultClient, natsVaultKeys, vaultSubject, type KeysReport } from '@roomwire/vault-client';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const password = (user: string) => `placeholder-of-${user}`;
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));
/** Beside the services' users one that sees everything. */
const conf = natsConf().replace('  users: [', `  users: [\n    { user: spec, password: ${password('spec')} }`);
const k1 = `k1:${randomBytes(32).toString('base64')}`;
const k2 = `k2:${randomBytes(32).toString('base64')}`;
const RATE = 500;
const CONNECTIONS = 200;
const LOADED = 40;
/** Connections that are made at one time. */
const AT_ONCE = 20;

let nats: NatsServer;
let redis: RedisServer;
let provider: HttpSink;
let connections: KvTable<Connection>;
let spec: NatsConnection;
let worker: NatsConnection;
let keyFile: string;
const open: NatsConnection[] = [];
let replicas: Spawned[] = [];

async function connectAs(user: string): Promise<NatsConnection> {
  const nc = await connectNats({ servers: nats.url, user, pass: password(user), service: user });
  open.push(nc);
  return nc;
}

async function start(count: number): Promise<void> {
  const env = {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    NATS_USER: '',
    NATS_PASSWORD: password('token-vault'),
    PORT: '',
    LOG_LEVEL: 'warn',
  };
  const keys = { ROOMWIRE_VAULT_KEYS: '', ROOMWIRE_VAULT_KEYS_FILE: keyFile, ROOMWIRE_VAULT_KEY_GRACE_SECONDS: '1' };
  const main = join(import.meta.dirname, 'main.ts');
  replicas = Array.from({ length: count }, () => spawnedSource(main, { env: { ...env, ...keys }, name: 'token-vault' }));
  await Promise.all(replicas.map((replica) => replica.line(/"event":"listening"/, 60_000)));
}
const killAll = () => Promise.all(replicas.map((replica) => replica.kill()));

const idOf = (n: number) => `c${n}`;
const whose = (n: number) => ({ tenant: 't1', connection: idOf(n) });
const hook = (n: number) => ({ login: 'hook', password: `webhook-password-${n}` });

async function lease(n: number): Promise<{ accessToken: string; lease: number }> {
  const subject = vaultSubject('lease', 'sync-worker');
  const body = JSON.stringify({ pattern: subject, data: whose(n), id: `${n}` });
  const answer = (await worker.request(subject, body, { timeout: 30_000 })).json<{
    response: { value?: never; error?: unknown };
  }>();
  if (!answer.response.value) throw new Error(JSON.stringify(answer.response));
  return answer.response.value;
}
const keys = () => natsVaultKeys(open[0]!, 'operator');

/** Asks at the instants that the rate gives, whatever the answers do, until told to stop. */
function leaseAtRate(): { stop(): Promise<{ asked: number; failures: unknown[]; said: string }> } {
  const [asked, failures, tookMs]: [Promise<unknown>[], unknown[], number[]] = [[], [], []];
  const began = performance.now();
  const ask = async (n: number): Promise<void> => {
    // From the instant that the rate gives: what waits for its turn here is late too.
    const dueAt = began + (n * 1_000) / RATE;
    await lease(n % LOADED).catch((error: unknown) => failures.push(error));
    tookMs.push(performance.now() - dueAt);
  };
  const timer = setInterval(() => {
    while (asked.length < ((performance.now() - began) / 1_000) * RATE) asked.push(ask(asked.length));
  }, 2);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(asked);
      const perSecond = Math.round((asked.length - failures.length) / ((performance.now() - began) / 1_000));
      const { p50, p99 } = spreadOf(Float64Array.from(tookMs));
      const said = `${asked.length} leases, ${perSecond}/s given, ${failures.length} failed, p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms`;
      return { asked: asked.length, failures, said };
    },
  };
}

beforeAll(async () => {
  redis = await redisServer();
  nats = await natsServer({ config: conf, env: passwords });
  keyFile = join(nats.folder, 'kek');
  writeFileSync(keyFile, k1);
  let issued = 0;
  provider = await httpSink(() => ({
    body: { token: `token-${++issued}`, expiresIn: 15_897_600 },
  }));
  const operator = await connectAs('operator');
  [spec, worker] = [await connectAs('spec'), await connectAs('sync-worker')];
  await ensureFleet(operator);
  await ensureTenant(operator, 't1');
  connections = await KvTable.open(operator, 'connections', connection);
  await start(2);
  const vault = natsVaultClient(operator, 'operator');
  // Each of an account of its own: Hostaway's limits are the address', and forty first tokens would wait for each other.
  const provision = async (n: number): Promise<void> => {
    const more = { status: 'active', account: `${n}`, baseUrl: provider.url, unitsOf: null } as const;
    await connections.put(idOf(n), { id: idOf(n), tenant: 't1', provider: 'beds24', ...more });
    await vault.putWebhookSecret({ ...whose(n), secret: hook(n) });
    if (n < LOADED) await vault.putCredentials({ ...whose(n), provider: 'beds24', credentials: { refreshToken: `secret-${n}` } });
  };
  for (let n = 0; n < CONNECTIONS; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => provision(n + i)));
}, 120_000);
afterAll(async () => {
  await killAll();
  await connections?.close();
  await Promise.all(open.map((nc) => nc.close()));
  await provider?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

const isDone = ({ keys: ring }: KeysReport, kek: string) => ring.length === 1 && ring[0]!.kek === kek;

describe('a rotation', () => {
  it(`of both keys under ${RATE} leases/s fails no lease, and what was replaced is gone`, async () => {
    const before = await Promise.all(Array.from({ length: LOADED }, (_, n) => lease(n)));
    const load = leaseAtRate();
    writeFileSync(keyFile, `${k2},${k1}\n`);
    const rotated = await keys().rotateKeys({ by: 'spec', reason: 'the spec' });
    expect(rotated.keys.map(({ id }) => id)).toEqual(['d2', 'd1']);
    await eventually(async () => expect(isDone(await keys().keys(), 'k2')).toBe(true), { withinMs: 60_000, everyMs: 250 });
    writeFileSync(keyFile, k2);
    const { asked, failures, said } = await load.stop();
    expect(failures).toEqual([]);
    expect(asked).toBeGreaterThan(RATE);
    // Not one was asked for anew: what is sealed is what it was.
    expect(await Promise.all(before.map((_, n) => lease(n)))).toEqual(
      before.map((each) => expect.objectContaining({ ...each, validForMs: expect.any(Number) as number }) as unknown),
    );
    process.stderr.write(`rotation under load: ${said}\n`);
  }, 120_000);

  it('leaves nothing that needs the old keys, in no version that the bucket keeps of the ring', async () => {
    await killAll();
    await start(2); // with k2 alone
    const gateway = natsVaultClient(await connectAs('ingest-gateway'), 'ingest-gateway');
    for (let n = 0; n < CONNECTIONS; n += 7) expect((await gateway.webhookSecrets(whose(n))).secrets).toEqual([hook(n)]);
    expect(await lease(3)).toMatchObject({ lease: 1 });
    const { keys: ring, connections: count, others } = await keys().keys();
    expect([ring.map(({ id, kek, values }) => [id, kek, values]), count, others]).toEqual([[['d2', 'k2', CONNECTIONS + 2 * LOADED]], CONNECTIONS, 0]); // prettier-ignore
    const info = await spec.request('$JS.API.STREAM.INFO.KV_vault', '{"subjects_filter":"$KV.vault.keys.>"}');
    expect(info.json<{ state: { subjects: object } }>().state.subjects).toEqual({ '$KV.vault.keys.ring': 1 });
  }, 120_000);

  it('goes on after kill -9 of every replica in the middle of it', async () => {
    let sealed = 0;
    const killed = Promise.withResolvers<unknown>();
    const watching = spec.subscribe('$KV.vault.*', {
      callback: (_, message) => {
        if (message.string().includes('rw2.d3.')) sealed++;
        if (sealed === 20) killed.resolve(killAll());
      },
    });
    await spec.flush();
    await keys()
      .rotateKeys({ by: 'spec' })
      .catch(() => undefined); // killed while it answers
    await killed.promise;
    watching.unsubscribe();
    expect(sealed).toBeLessThan(CONNECTIONS);

    await start(1);
    await eventually(async () => expect((await keys().keys()).keys).toMatchObject([{ id: 'd3' }]), {
      withinMs: 30_000,
      everyMs: 250,
    });
    expect((await keys().keys()).keys[0]!.values).toBe(CONNECTIONS + 2 * LOADED);
    expect(await lease(3)).toMatchObject({ lease: 1 });
    process.stderr.write(`killed after ${sealed} of ${CONNECTIONS} entries\n`);
  }, 120_000);

  it('keeps the last good keys where the file is gone or wrong', async () => {
    const [replica] = replicas as [Spawned];
    writeFileSync(keyFile, 'k3:short');
    await replica.line(/file of the key-encryption keys is not right/);
    expect(await lease(3)).toMatchObject({ lease: 1 });
    expect(replica.output()).not.toContain('k3:short');
    writeFileSync(keyFile, k2);
  });

  it('is in the trail with everything else, over every kill, and the trail is whole', async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    const [verifier, told]: [AuditVerifier, string[]] = [new AuditVerifier(1), []];
    let leased = 0;
    for await (const message of readAll(open[0]!, 'AUDIT', 'audit.>')) {
      const { operation, verdict, key, by, counts } = verifier.take(message)!;
      if (/keys$/.test(operation)) told.push([operation, verdict, key ?? by].join(' '));
      if (operation === 'lease' && verdict === 'counted') leased += Object.values(counts!).reduce((sum, count) => sum + count, 0);
    }
    expect(verifier.findings).toEqual([]);
    expect(verifier.entries).toBeGreaterThan(CONNECTIONS + LOADED);
    for (const line of [
      'rotate-keys asked spec',
      'rotate-keys done d2',
      'rewrap-keys done k2',
      'remove-keys done d1',
      'remove-keys done d2',
    ])
      expect(told).toContain(line);
    expect(leased).toBeGreaterThan(0); // a replica that is killed takes its last minute with it
  });
});
