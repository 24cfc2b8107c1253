import { connection, HEADER, parseHops, type Connection } from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureFleet,
  ensureTenant,
  KvTable,
  natsConf,
  passwordVariable,
  USERS,
  DEFAULT_SETTINGS,
  type NatsConnection,
  type StoredMessage,
} from '@roomwire/jetstream';
import { eventually, freePort, natsServer, spawnedSource, type NatsServer, type Spawned } from '@roomwire/testkit';
import { memoryVaultClient, vaultSubject, type VaultError, type VaultClient, type VaultRequest } from '@roomwire/vault-client';
import { join } from 'node:path';

const password = (user: string) => `placeholder-of-${user}`;
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));
const as = (user: string, nats: NatsServer) => connectNats({ servers: nats.url, user, pass: password(user), service: user });

function gateway(url: string, env: Record<string, string> = {}): Spawned {
  const own = {
    NATS_URL: url,
    NATS_USER: '',
    NATS_PASSWORD: password('ingest-gateway'),
    PORT: '',
    ROOMWIRE_BODY_BYTES_MAX: '1000',
    LOG_LEVEL: 'info',
  };
  return spawnedSource(join(import.meta.dirname, 'main.ts'), { env: { ...own, ...env }, name: 'ingest-gateway' });
}
const addressOf = async (process: Spawned) => (await process.line(/"event":"listening".*"url":"([^"]+)"/))[1]!;

/** Answers as token-vault does, from the memory twin, until it is stopped. */
function answerFor(vault: VaultClient, nc: NatsConnection): () => void {
  const subscription = nc.subscribe(vaultSubject('webhook-secrets', '*'), {
    callback: (_error, message) => {
      const { id, data } = message.json<{ id: string; data: VaultRequest<'webhook-secrets'> }>();
      void vault
        .webhookSecrets(data)
        .then((value) => ({ value }))
        .catch((error: VaultError) => ({ error: { code: error.code } }))
        .then((response) => message.respond(JSON.stringify({ response, isDisposed: true, id })));
    },
  });
  return () => subscription.unsubscribe();
}

const account: Omit<Connection, 'id'> = {
  tenant: 't1',
  provider: 'memory',
  status: 'active',
  account: null,
  baseUrl: null,
  unitsOf: null,
};
const secret = (word: string) => ({ login: 'memory', password: `placeholder-${word}` });
const basic = ({ login, password: word }: { login: string; password: string }) => `Basic ${btoa(`${login}:${word}`)}`;
const BODY = '{"entities": [ ] }';

let nats: NatsServer;
let operator: NatsConnection;
let vaultConnection: NatsConnection;
let connections: KvTable<Connection>;
let bus: Bus;
let vault: VaultClient;
let stopVault: () => void;
let process_: Spawned;
let url: string;

beforeAll(async () => {
  nats = await natsServer({ config: natsConf(), env: passwords });
  operator = await as('operator', nats);
  vaultConnection = await as('token-vault', nats);
  bus = new Bus(operator);
  await ensureFleet(operator);
  await ensureTenant(operator, 't1');
  connections = await KvTable.open(operator, 'connections', connection);
  vault = memoryVaultClient();
  stopVault = answerFor(vault, vaultConnection);
  await connect('c1', 'one');
  process_ = gateway(nats.url);
  url = await addressOf(process_);
  await eventually(async () => expect((await post('c1', 'one')).status).toBe(202));
});
afterAll(async () => {
  await process_.kill();
  await connections.close();
  await operator.close();
  await vaultConnection.close();
  await nats[Symbol.asyncDispose]();
});

async function connect(id: string, word: string | undefined, more: Partial<Connection> = {}): Promise<void> {
  const made = { id, ...account, ...more };
  if (word) await vault.putWebhookSecret({ tenant: made.tenant, connection: id, secret: secret(word) });
  await connections.put(id, made);
}

function post(
  id: string,
  word: string,
  {
    body = BODY,
    provider = 'memory',
    headers = {},
  }: { body?: string | Uint8Array<ArrayBuffer>; provider?: string; headers?: Record<string, string> } = {},
) {
  return fetch(`${url}/v1/webhooks/${provider}/${id}?key=pl4nted`, {
    method: 'POST',
    body,
    headers: { authorization: basic(secret(word)), ...headers },
  });
}
const receiptOf = async (answer: Response) => ((await answer.json()) as { receipt: string }).receipt;

async function storedOf(id: string, stream = 'WORK_t1'): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  for (let seq = 1; ; seq = found.at(-1)!.seq + 1) {
    const next = await bus.nextOn(stream, `pms.*.raw.live.memory.${id}`, seq);
    if (!next) return found;
    found.push(next);
  }
}

describe('a webhook', () => {
  it('is stored as it was sent before it is answered 202', async () => {
    await connect('c-stored', 'one');
    const before = Date.now();

    const answer = await post('c-stored', 'one', {
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    });

    expect(answer.status).toBe(202);
    const receipt = await receiptOf(answer);
    const [message, ...others] = await storedOf('c-stored');
    expect(others).toEqual([]);
    expect(Buffer.from(message!.data).toString()).toBe(BODY);
    expect([HEADER.receipt, HEADER.via, 'Nats-Msg-Id'].map((name) => message!.header(name))).toEqual([
      receipt,
      'push',
      `raw:${receipt}`,
    ]);
    expect(message!.header(HEADER.traceparent)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
    const { received, stored } = parseHops(message!.header(HEADER.hops));
    expect([received! >= before, stored! >= received!]).toEqual([true, true]);
    expect(Date.parse(message!.header(HEADER.receivedAt))).toBe(received);
  });

  it('that comes twice is two messages with a receipt each', async () => {
    await connect('c-twice', 'one');

    const receipts = await Promise.all(
      [post('c-twice', 'one'), post('c-twice', 'one')].map(async (answer) => receiptOf(await answer)),
    );

    expect(new Set(receipts).size).toBe(2);
    expect((await storedOf('c-twice')).map((message) => message.header(HEADER.receipt)).sort()).toEqual(receipts.sort());
  });

  it('needs no content type, and its bytes need no UTF-8 to be answered', async () => {
    const answer = await post('c1', 'one', { body: new Uint8Array([0xff]), headers: { 'content-type': '' } });

    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'malformed' }]);
  });

  it('without the right secret is answered 401', async () => {
    await connect('c-forged', 'one');

    const answer = await post('c-forged', 'wrong');

    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="roomwire"']);
    expect(await storedOf('c-forged')).toEqual([]);
  });

  it('may be proven by a key in its address, which no log has', async () => {
    await vault.putWebhookSecret({ tenant: 't1', connection: 'c-query', secret: { key: 'placeholder of a key' } });
    await connections.put('c-query', { ...account, id: 'c-query', provider: 'smoobu' });
    const called = (query: string) =>
      fetch(`${url}/v1/webhooks/smoobu/c-query${query}`, { method: 'POST', body: '{"action":"x"}' });

    const answers = [
      await called('?key=placeholder%20of+a+key&key=another'),
      await called('?key=another&key=placeholder%20of+a+key'),
      await called(''),
    ];

    expect(answers.map(({ status }) => status)).toEqual([202, 401, 401]);
  });

  it('of a connection without any secret is answered 401', async () => {
    await connect('c-secretless', undefined);
    await vault.putCredentials({ tenant: 't1', connection: 'c-secretless', provider: 'memory', credentials: {} });

    expect((await post('c-secretless', 'one')).status).toBe(401);
  });

  it('of a connection that the vault does not know yet is answered 503', async () => {
    await connect('c-early', undefined);

    expect((await post('c-early', 'one')).status).toBe(503);
  });

  it('with a secret that has just been replaced is taken', async () => {
    await connect('c-rotated', 'one');
    expect((await post('c-rotated', 'one')).status).toBe(202);

    await vault.putWebhookSecret({ tenant: 't1', connection: 'c-rotated', secret: secret('two') });

    expect((await post('c-rotated', 'two')).status).toBe(202);
    expect((await post('c-rotated', 'one')).status).toBe(202);
  });

  it.each([
    ['nobody', 'memory'],
    ['c1', 'hostaway'],
    ['c1', 'nonsense'],
    ['..%2F..', 'memory'],
  ])('for connection %s of %s is answered 404', async (id, provider) => {
    const answer = await post(id, 'one', { provider });

    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'unknown-connection' }]);
  });

  it('that is too large is answered 413 with the limit', async () => {
    const answer = await post('c1', 'one', { body: 'x'.repeat(1001) });

    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'body-too-large', limit: 1000 }]);
  });

  it('of a paused connection is taken: facts are facts', async () => {
    await connect('c-paused', 'one', { status: 'paused' });

    expect((await post('c-paused', 'one')).status).toBe(202);
  });

  it('is answered 503 when its stream is full, and when it has none', async () => {
    await ensureTenant(operator, 't-full', { ...DEFAULT_SETTINGS, workBytesMax: 600 });
    await connect('c-full', 'one', { tenant: 't-full' });
    await connect('c-streamless', 'one', { tenant: 't-none' });

    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await post('c-full', 'one')).status);
    const streamless = await post('c-streamless', 'one');

    expect([statuses[0], statuses[3]]).toEqual([202, 503]);
    expect([streamless.status, streamless.headers.get('retry-after'), await streamless.json()]).toMatchObject([
      503,
      '5',
      { code: 'unavailable' },
    ]);
  });

  it('leaves a line and figures, and no secret in either', async () => {
    await process_.line(
      /"verdict":"stored".*"connection":"c1","tenant":"t1","receipt":"[0-9a-f-]{36}","trace_id":"[0-9a-f]{32}"/,
    );
    const metrics = await (await fetch(`${url}/metrics`)).text();

    expect(metrics).toMatch(/roomwire_webhooks_total\{provider="memory",verdict="stored"\} \d+/);
    for (const text of [metrics, process_.output()]) expect(text).not.toMatch(/pl4nted|placeholder/);
  });
});

describe('while the vault is away', () => {
  it('goes on with the secrets it knows, calls nobody forged, and says 503 where it knows none', async () => {
    await connect('c-vault', 'one');
    expect((await post('c-vault', 'one')).status).toBe(202);
    await connect('c-late', 'one');
    stopVault();

    expect((await post('c-vault', 'one')).status).toBe(202);
    expect((await post('c-vault', 'wrong')).status).toBe(503);
    expect((await post('c-late', 'one')).status).toBe(503);

    stopVault = answerFor(vault, vaultConnection);
    await eventually(async () => expect((await post('c-late', 'one')).status).toBe(202));
  });
});

describe('while NATS is away', () => {
  it('stays ready, answers 503, and takes webhooks when it is back', async () => {
    await nats.kill();

    const asked = performance.now();
    const answer = await post('c1', 'one');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await post('nobody', 'one')).status).toBe(503);
    expect(performance.now() - asked).toBeLessThan(3_500);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    await nats.start();
    await eventually(async () => expect((await post('c1', 'one')).status).toBe(202), { withinMs: 15_000 });
  });

  it('starts, is ready and answers 503 until there is one, and stops in order', async () => {
    await using early = gateway(`nats://127.0.0.1:${await freePort()}`);
    const address = await addressOf(early);

    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    expect((await fetch(`${address}/v1/webhooks/memory/c1`, { method: 'POST', body: BODY })).status).toBe(503);
    expect((await early.stop()).code).toBe(0);
  });
});
