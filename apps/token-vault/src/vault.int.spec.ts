import { connection, tenant, type Connection, type Tenant } from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureFleet,
  ensureTenant,
  KvTable,
  natsConf,
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
  type HttpSink,
  type NatsServer,
  type RedisServer,
  type SinkRequest,
  type Spawned,
} from '@roomwire/testkit';
import { natsVaultClient, VaultError, type Lease, type VaultClient } from '@roomwire/vault-client';
import { describeVaultClient } from '@roomwire/vault-client/conformance';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

const password = (user: string) => `placeholder-of-${user}`;
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));
const keys = `k1:${randomBytes(32).toString('base64')}`;
const planted = { secret: 'planted-client-secret', token: 'planted-access-token', webhook: 'planted-webhook-password' };

let nats: NatsServer;
let redis: RedisServer;
let provider: HttpSink;
let connections: KvTable<Connection>;
let bus: Bus;
const open: NatsConnection[] = [];
const replicas: Spawned[] = [];

const t1: Tenant = {
  ...{ id: 't1', name: 'One', status: 'active', apiTokenHashes: [] },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};

function start(env: Record<string, string> = {}): Spawned {
  const own = {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    NATS_USER: '',
    NATS_PASSWORD: password('token-vault'),
    PORT: '',
    ROOMWIRE_VAULT_KEYS: keys,
    LOG_LEVEL: 'debug',
  };
  return spawnedSource(join(import.meta.dirname, 'main.ts'), { env: { ...own, ...env }, name: 'token-vault' });
}

async function connectAs(service: string): Promise<NatsConnection> {
  const nc = await connectNats({ servers: nats.url, user: service, pass: password(service), service });
  open.push(nc);
  return nc;
}
const clientOf = async (service: string): Promise<VaultClient> => natsVaultClient(await connectAs(service), service);

const tokenIn = (lease: Lease): string => (lease.kind === 'token' ? lease.accessToken : '');
/** Whose request for a token it is: Hostaway's has a form, Beds24's a header. */
const accountIn = ({ headers, body }: SinkRequest) =>
  new URLSearchParams(body.toString()).get('client_id') ??
  String(headers['refreshtoken'] ?? '')
    .split('-')
    .at(-1);
/** Token endpoints; every token is another one and has the account's id and the secret in it, as a real one might. */
let issued = 0;
const grant = (request: SinkRequest) => {
  const token = `${planted.token}-${accountIn(request)}-${++issued}`;
  const lives = { expires_in: 15_897_600, expiresIn: 15_897_600 };
  return { status: 200, body: { token_type: 'Bearer', access_token: token, token, ...lives } };
};
const asked = (account: string) => provider.requests.filter((request) => accountIn(request) === account).length;

let made = 0;
/** A connection of its own; its credentials are the account's, and not yet put. Hostaway's tokens work only after a second. */
async function connectionOf(of: 'beds24' | 'hostaway' = 'beds24') {
  const account = String(1_000 + ++made);
  const whose = { tenant: 't1', provider: of };
  await connections.put(`c${account}`, {
    ...whose,
    id: `c${account}`,
    status: 'active',
    account,
    baseUrl: provider.url,
    unitsOf: null,
  });
  const secret = `${planted.secret}-${account}`;
  const credentials: Record<string, string> =
    of === 'beds24' ? { refreshToken: secret } : { clientId: account, clientSecret: secret };
  return { ...whose, connection: `c${account}`, credentials, account };
}
type Mine = Awaited<ReturnType<typeof connectionOf>>;
const putOf = ({ tenant, connection, provider, credentials }: Mine) => ({ tenant, connection, provider, credentials });
const expired = (mine: Mine, lease: number) => ({
  tenant: mine.tenant,
  connection: mine.connection,
  lease,
  code: 'credential-expired',
});

async function stored(stream: string, filter: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let seq = 1; ;) {
    const next = await bus.nextOn(stream, filter, seq);
    if (!next) return found;
    found.push(JSON.parse(Buffer.from(next.data).toString()));
    seq = next.seq + 1;
  }
}

beforeAll(async () => {
  redis = await redisServer();
  nats = await natsServer({ config: natsConf(), env: passwords });
  provider = await httpSink(grant);
  const operator = await connectAs('operator');
  bus = new Bus(operator);
  await ensureFleet(operator);
  await ensureTenant(operator, 't1');
  const tenants = await KvTable.open(operator, 'tenants', tenant);
  await tenants.put('t1', t1);
  await tenants.close();
  connections = await KvTable.open(operator, 'connections', connection);
  replicas.push(start(), start());
  await Promise.all(replicas.map((replica) => replica.line(/"event":"listening"/)));
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.kill()));
  await connections.close();
  await Promise.all(open.map((nc) => nc.close()));
  await provider[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describeVaultClient('token-vault in two replicas, through natsVaultClient,', {
  open: async () => {
    const [operator, worker, otherWorker, gateway] = await Promise.all(
      ['operator', 'sync-worker', 'sync-worker', 'ingest-gateway'].map(clientOf),
    );
    return {
      operator: operator!,
      worker: worker!,
      otherWorker: otherWorker!,
      gateway: gateway!,
      mine: putOf(await connectionOf()),
    };
  },
});

describe('token-vault', () => {
  it('gives one token to all who ask at once, whichever replica they reach, and not before it works', async () => {
    const mine = await connectionOf('hostaway');
    await (await clientOf('operator')).putCredentials(putOf(mine));
    let issuedAt = 0;
    provider.otherwise = (request) => ((issuedAt = performance.now()), grant(request));
    const workers = await Promise.all(Array.from({ length: 8 }, () => clientOf('sync-worker')));
    const leases = await Promise.all(workers.map((worker) => worker.lease(mine)));
    expect(performance.now() - issuedAt).toBeGreaterThanOrEqual(1_000);
    provider.otherwise = grant;
    expect(new Set(leases.map((lease) => tokenIn(lease))).size).toBe(1);
    expect(leases.every(({ lease }) => lease === 1)).toBe(true);
    expect(asked(mine.account)).toBe(1);
    expect(leases[0]!.expiresAt - Date.now()).toBeGreaterThan(15_897_000_000);
  });

  it('is asked again after a kill -9 of all who answer, while they ask the provider', async () => {
    const mine = await connectionOf();
    await (await clientOf('operator')).putCredentials(putOf(mine));
    let held = 0;
    provider.otherwise = async (request) => {
      if (accountIn(request) !== mine.account || held > 0) return grant(request);
      held++;
      await Promise.all(replicas.map((replica) => replica.kill()));
      return { fault: 'cut' };
    };
    const impatient = natsVaultClient(await connectAs('sync-worker'), 'sync-worker', { patienceMs: { all: 2_000, each: 2_000 } });
    const first = await impatient.lease(mine).catch((error: unknown) => error);
    expect(first).toBeInstanceOf(VaultError);
    provider.otherwise = grant;
    replicas.splice(0, replicas.length, start(), start());
    await Promise.all(replicas.map((replica) => replica.line(/"event":"listening"/)));
    expect(await (await clientOf('sync-worker')).lease(mine)).toMatchObject({ lease: 1 });
  }, 60_000);

  it('tells of a lapse once, asks a dead credential no more, and is repaired by new ones', async () => {
    const mine = await connectionOf();
    const [operator, worker] = [await clientOf('operator'), await clientOf('sync-worker')];
    await operator.putCredentials(putOf(mine));
    const { lease } = await worker.lease(mine);
    provider.otherwise = {
      status: 401,
      body: { error: 'invalid_client', error_description: `no such ${mine.credentials['refreshToken']}` },
    };
    await worker.report(expired(mine, lease));
    for (let n = 0; n < 5; n++) await expect(worker.lease(mine)).rejects.toMatchObject({ code: 'lapsed' });
    provider.otherwise = grant;
    expect(asked(mine.account)).toBe(2);
    expect((await connections.fromLeader(mine.connection))!.status).toBe('lapsed');
    expect(await stored('LOG_t1', 'pms.t1.notice.token-lapsed')).toMatchObject([
      { connection: mine.connection, provider: 'beds24', lease: 1 },
    ]);
    await operator.putCredentials(putOf(mine));
    expect(await worker.lease(mine)).toMatchObject({ lease: 2 });
    expect(await stored('LOG_t1', 'pms.t1.notice.token-restored')).toHaveLength(1);
    expect((await connections.fromLeader(mine.connection))!.status).toBe('active');
  });

  it('leaves a connection that a person paused as it is', async () => {
    const mine = await connectionOf();
    const worker = await clientOf('sync-worker');
    await (await clientOf('operator')).putCredentials(putOf(mine));
    await connections.put(mine.connection, { ...(await connections.fromLeader(mine.connection))!, status: 'paused' });
    provider.otherwise = { status: 401, body: { error: 'invalid_client' } };
    await expect(worker.lease(mine)).rejects.toMatchObject({ code: 'lapsed' });
    provider.otherwise = grant;
    expect((await connections.fromLeader(mine.connection))!.status).toBe('paused');
  });

  it('answers nobody but whom it should, even past the broker, and writes down who tried', async () => {
    const mine = await connectionOf();
    await (await clientOf('operator')).putCredentials(putOf(mine));
    await expect((await clientOf('operator')).lease(mine)).rejects.toMatchObject({ code: 'not-allowed' }); // the broker
    const asWorker = natsVaultClient(await connectAs('ingest-gateway'), 'sync-worker');
    await expect(asWorker.lease(mine)).rejects.toMatchObject({ code: 'not-allowed' }); // the broker: another's name
    await expect((await clientOf('sync-worker')).lease({ ...mine, tenant: 't2' })).rejects.toMatchObject({ code: 'not-allowed' }); // the vault
    const trail = await stored('AUDIT', 'audit.>');
    expect(trail.filter((entry) => (entry as { connection: string }).connection === mine.connection)).toMatchObject([
      { operation: 'put-credentials', caller: 'operator', verdict: 'asked' },
      { operation: 'lease', caller: 'sync-worker', verdict: 'refused', code: 'not-allowed', tenant: 't1' },
    ]);
  });

  it('lets no other service read an answer', async () => {
    const eavesdropper = await connectAs('normalizer');
    const heard: string[] = [];
    let refused: unknown;
    eavesdropper.subscribe('_INBOX.sync-worker.>', {
      callback: (error, message) => void (error ? (refused = error) : heard.push(message.string())),
    });
    await eavesdropper.flush();
    const mine = await connectionOf();
    await (await clientOf('operator')).putCredentials(putOf(mine));
    await (await clientOf('sync-worker')).lease(mine);
    await eventually(() => expect(String(refused)).toMatch(/permission/i));
    expect(heard).toEqual([]);
  });

  it('keeps serving over a restart of the broker', async () => {
    const mine = await connectionOf();
    await (await clientOf('operator')).putCredentials(putOf(mine));
    const worker = await clientOf('sync-worker');
    const before = await worker.lease(mine);
    await nats.restart();
    const gateway = await clientOf('sync-worker');
    expect(await eventually(() => gateway.lease(mine), { withinMs: 15_000 })).toMatchObject({
      accessToken: tokenIn(before),
      lease: 1,
    });
  }, 30_000);

  it('does not start with keys that are none, and does not show them', async () => {
    const wrong = start({ ROOMWIRE_VAULT_KEYS: 'k1:cGxhbnRlZA==' });
    expect(await wrong.exited).toMatchObject({ code: 78 });
    expect(wrong.output()).toContain('ROOMWIRE_VAULT_KEYS: key "k1" is not 32 bytes');
    expect(wrong.output()).not.toContain('cGxhbnRlZA');
  });

  it('leaves no secret anywhere: not in the store, the trail, a notice, a log or a metric', async () => {
    const mine = await connectionOf();
    const operator = await clientOf('operator');
    await operator.putCredentials(putOf(mine));
    await operator.putWebhookSecret({
      tenant: mine.tenant,
      connection: mine.connection,
      secret: { login: 'hook', password: planted.webhook },
    });
    expect(tokenIn(await (await clientOf('sync-worker')).lease(mine))).toContain(planted.token);
    const urls = await Promise.all(replicas.map(async (replica) => (await replica.line(/"url":"([^"]+)"/))[1]!));
    const metrics = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    expect(metrics.join()).toMatch(/roomwire_vault_grants_total\{[^}]*outcome="granted"/);
    const everything = [
      JSON.stringify(await stored('KV_vault', '$KV.vault.>')),
      JSON.stringify(await stored('LOG_t1', 'pms.t1.>')),
      JSON.stringify(await stored('AUDIT', 'audit.>')),
      ...replicas.map((replica) => replica.output()),
      ...metrics,
    ].join('\n');
    expect(everything.length).toBeGreaterThan(5_000);
    for (const secret of [...Object.values(planted), keys]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
    }
  });

  it('stops in its order within ten seconds', async () => {
    expect(await replicas.pop()!.stop()).toMatchObject({ code: 0 });
  });
});
