import { natsServer, redisServer, spawned, type NatsServer, type RedisServer, type Spawned } from '@roomwire/testkit';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const SERVICES = ['ingest-gateway', 'normalizer', 'propagator', 'registry', 'sync-worker', 'token-vault'];
const BUILD_MS_MAX = 120_000;
/** sysexits(3): a service whose environment is not right. */
const EX_CONFIG = 78;

// Far from node_modules: what a bundle does not hold it does not find.
describe('npm run build', () => {
  const out = mkdtempSync(join(tmpdir(), 'roomwire-bundles-'));
  let nats: NatsServer;
  let redis: RedisServer;
  const bundle = (app: string, env: Record<string, string>, ...args: string[]): Spawned =>
    spawned({ command: process.execPath, args: [join(out, app, 'main.mjs'), ...args], cwd: out, env, name: app });
  /** `npm test` has just made them. */
  const build = async (): Promise<void> => {
    if (process.env.ROOMWIRE_BUNDLES === '1') return cpSync(join(root, 'dist'), out, { recursive: true });
    await using made = spawned({
      command: process.execPath,
      args: ['scripts/bundle.mjs', `--out=${out}`],
      cwd: root,
      name: 'build',
    });
    if ((await made.exited).code !== 0) throw new Error(made.output());
  };
  beforeAll(async () => {
    [nats, redis] = await Promise.all([natsServer({ config: 'jetstream: enabled' }), redisServer(), build()]);
    const file = join(out, 'tenants.json');
    const defaults = { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
    writeFileSync(file, JSON.stringify({ tenants: [{ id: 'acme', name: 'Acme', defaults }] }));
    const provision = bundle('cli', { NATS_URL: nats.url }, 'provision', file);
    if ((await provision.exited).code !== 0) throw new Error(provision.output());
  }, BUILD_MS_MAX);
  afterAll(async () => {
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
    rmSync(out, { recursive: true, force: true });
  });

  it.each(SERVICES)('%s complains of its environment', async (service) => {
    await using started = bundle(service, { PORT: 'none', REDIS_URL: '', ROOMWIRE_VAULT_KEYS: '' });

    expect((await started.exited).code).toBe(EX_CONFIG);
    expect(started.output()).toMatch(new RegExp(`^${service}: the environment is not right:\n(.*\n)*  PORT: expected a port`));
  });

  it.each(SERVICES)('%s starts, with its classes injected and its scripts beside it, and stops', async (service) => {
    const keys = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
    await using started = bundle(service, { NATS_URL: nats.url, REDIS_URL: redis.url, ROOMWIRE_VAULT_KEYS: keys });
    const [line] = await started.line(/^\{"event":"listening".*/);
    const { url } = JSON.parse(line) as { url: string };

    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ status: 'ready', problems: {} });
    // What was not injected is undefined, and says so with a 500 to the first who asks.
    expect((await fetch(`${url}/v1/stream`)).status).toBe(service === 'propagator' ? 401 : 404);
    expect(await started.stop()).toEqual({ code: 0, signal: null });
  });
});
