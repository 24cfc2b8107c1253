import { randomBytes } from 'node:crypto';
import type { NatsConnection } from '@roomwire/jetstream';
import {
  httpSink,
  redisServer,
  spawnedSource,
  type HttpSink,
  type NatsServer,
  type RedisServer,
  type Spawned,
} from '@roomwire/testkit';
import type { Finding } from './core/finding.ts';
import { run } from './program.ts';
import { makeAcme } from './testing/acme.ts';
import { brokerOfUsers, connectAs, passwordOf } from './testing/broker.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const granted = { status: 200, body: { token_type: 'Bearer', expires_in: 63_072_000, access_token: 'planted-access' } };
const refused = { status: 401, body: { error: 'invalid_client', message: 'Client authentication failed' } };
let nats: NatsServer;
let nc: NatsConnection;
let redis: RedisServer;
let provider: HttpSink;
let vault: Spawned;
beforeAll(async () => {
  [nats, redis, provider] = await Promise.all([brokerOfUsers(), redisServer(), httpSink(granted)]);
  nc = await connectAs('operator', nats);
  await makeAcme(nc);
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  vault = spawnedSource('apps/token-vault/src/main.ts', {
    env: { NATS_URL: nats.url, NATS_PASSWORD: passwordOf('token-vault'), REDIS_URL: redis.url, ROOMWIRE_VAULT_KEYS: keys },
    name: 'token-vault',
  });
  await vault.line(/^\{"event":"listening".*/, 20_000);
}, 40_000);
afterAll(async () => {
  await vault?.kill();
  await nc?.close();
  await Promise.all([nats, redis, provider].map((each) => each?.[Symbol.asyncDispose]()));
});

async function roomwire(...args: string[]) {
  const files = {
    'new.json': JSON.stringify({ clientId: '4711', clientSecret: { env: 'SECRET' } }),
    'hook.json': JSON.stringify({ login: 'roomwire', password: 'planted-hook' }),
  };
  const env = { NATS_URL: nats.url, NATS_PASSWORD: passwordOf('operator'), USER: 'ada', SECRET: 'planted-secret' };
  const terminal = memoryTerminal({ env, files, now: Date.now });
  return { code: await run(args, terminal), ...terminal.written };
}
const add = (id: string) =>
  roomwire(
    ...['connection', 'add', id, '--tenant', 'acme', '--provider', 'hostaway', '--account', '4711', '--base-url', provider.url],
    ...['--credentials', 'new.json', '--webhook-secret', 'hook.json', '--reason', 'new house'],
  );
const check = async (id: string): Promise<Finding[]> =>
  (JSON.parse((await roomwire('connection', 'check', id, '--json')).out) as { findings: Finding[] }).findings;

describe('roomwire connection add, with a vault', () => {
  it('stores the secrets, tries the credentials, and shows none of them', async () => {
    const added = await add('good');

    expect(added.code).toBe(0);
    expect(added.out).toMatch(/unified webhook: .*\/v1\/webhooks\/hostaway\/good/);
    expect(added.out).toMatch(/credentials: the provider has given a token: it works\n$/);
    expect(added.out).not.toMatch(/401/);
    expect(provider.requests.at(-1)!.body.toString()).toContain('planted-secret');
    expect(added.out + added.err).not.toMatch(/planted/);
    expect(await check('good')).toContainEqual(expect.objectContaining({ about: 'credentials', level: 'ok' }));
    expect((await roomwire('audit', '--tenant', 'acme')).out).toMatch(/ada +connection add +good +new house/);
  }, 20_000);

  it('says at once that the provider refuses them; the connection is there to be given others', async () => {
    provider.otherwise = refused;
    const added = await add('bad');

    expect(added).toMatchObject({ code: 5, err: expect.stringMatching(/bad: the provider refuses them/) as string });
    expect(added.err).toMatch(/roomwire vault reauthorise bad/);
    expect(await check('bad')).toContainEqual(expect.objectContaining({ about: 'credentials', level: 'danger' }));
  }, 20_000);
});
