import { connect, type NatsConnection } from '@nats-io/transport-node';
import { httpSink, median, natsServer, redisServer, spawned, spreadOf, type Spawned, type Spread } from '@roomwire/testkit';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { natsConfig } from './floor.ts';
import { table } from './report.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CONNECTIONS = 64;
const IN_FLIGHT = [1, 64];
const ROUNDS = 5;
const WARM_UP_MS = 2_000;
/** ARCHITECTURE.md §12 has none for this: the aim of the vault's issue. */
const AIM = 2;

type Ask = (n: number) => Promise<unknown>;
type Options = { seconds: number; signal: AbortSignal; say: (line: string) => void };

/**
 * What a lease costs beyond a bare request and its reply through the same broker, in the same rounds. Closed loop; the leases are of 64
 * connections in turn, since a worker asks once a minute for each and shares what it is told.
 */
export async function vaultLease({ seconds, signal, say }: Options): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const { bare, lease } = await startBoth(stack);
  for (const ask of [bare, lease]) await askFor(ask, 64, WARM_UP_MS);
  const rows: string[][] = [];
  for (const inFlight of IN_FLIGHT) {
    const rounds: { bare: Spread; lease: Spread }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      signal.throwIfAborted();
      // In changing order: what else the machine does falls on both.
      const first = round % 2 ? 'lease' : 'bare';
      const one = await askFor(first === 'bare' ? bare : lease, inFlight, seconds * 1_000);
      const other = await askFor(first === 'bare' ? lease : bare, inFlight, seconds * 1_000);
      rounds.push(first === 'bare' ? { bare: one, lease: other } : { bare: other, lease: one });
    }
    for (const figure of ['p50', 'p99'] as const) {
      const of = (which: 'bare' | 'lease') => median(rounds.map((each) => each[which][figure])).toFixed(2);
      const ratio = median(rounds.map((each) => each.lease[figure] / each.bare[figure]));
      rows.push([`${inFlight}`, figure, of('bare'), of('lease'), ratio.toFixed(2)]);
      say(`${inFlight} in flight: ${figure} ${ratio.toFixed(2)} times a bare request's (aim ${AIM})`);
    }
  }
  const title = `A lease against a bare request and reply, ms; ${CONNECTIONS} connections, medians of ${ROUNDS} rounds of ${seconds} s; aim ≤ ${AIM} ×`;
  return `${title}\n${table(['in flight', '', 'bare', 'lease', 'ratio'], rows)}\n`;
}

async function startBoth(stack: AsyncDisposableStack): Promise<{ bare: Ask; lease: Ask }> {
  if (!existsSync(join(root, 'dist/token-vault/main.mjs'))) throw new Error('no bundles: npm run build makes them');
  const password = `p${randomBytes(24).toString('hex')}`;
  // Beside the services' users one that may do everything: the bare request has no subject of its own in deploy/nats.conf.
  const config = natsConfig('interval').replace('  users: [', `  users: [\n    { user: bench, password: ${password} }`);
  const names = [...config.matchAll(/\$(NATS_PASSWORD_[A-Z_]+)/g)].map(([, name]) => [name!, password]);
  const nats = stack.use(await natsServer({ config, env: Object.fromEntries(names) as Record<string, string> }));
  const redis = stack.use(await redisServer());
  const provider = stack.use(await httpSink(() => ({ body: { token: 'x'.repeat(1_000), expiresIn: 15_897_600 } })));
  const env = { NATS_URL: nats.url, NATS_PASSWORD: password, NATS_USER: undefined, NODE_OPTIONS: undefined };
  const vault = stack.use(
    bundle('token-vault', [], { ...env, REDIS_URL: redis.url, ...vaultEnvironment() }, join(nats.folder, 'vault.log')),
  );
  await provisioned(stack, nats.folder, provider.url, { ...env, NATS_USER: 'operator' });
  const responder = stack.use(node([join(import.meta.dirname, 'bare-responder.mjs'), nats.url, password], {}));
  await responder.line(/listening/);
  const connectAs = (user: string): Promise<NatsConnection> =>
    connect({ servers: nats.url, user, pass: password, inboxPrefix: `_INBOX.${user}` });
  const [worker, plain] = [await connectAs('sync-worker'), await connectAs('bench')];
  stack.defer(() => void worker.close());
  stack.defer(() => void plain.close());
  if (!vault.running) throw new Error(`the vault ended:\n${vault.output()}`);
  return {
    bare: (n) => plain.request('bare.lease', bodyOf(n), { timeout: 10_000 }),
    lease: async (n) => {
      const answer = await worker.request('vault.lease.sync-worker', bodyOf(n), { timeout: 10_000 });
      if (!answer.string().includes('accessToken')) throw new Error(`no lease: ${answer.string()}`);
    },
  };
}

/** No limit of requests: it is not what is measured. */
const vaultEnvironment = () => ({
  ROOMWIRE_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  ROOMWIRE_VAULT_REQUESTS_PER_SECOND: '1000000',
  LOG_LEVEL: 'info',
  PORT: '0',
});

async function provisioned(
  stack: AsyncDisposableStack,
  folder: string,
  baseUrl: string,
  env: Record<string, string | undefined>,
): Promise<void> {
  const connections = Array.from({ length: CONNECTIONS }, (_, n) => ({
    // Of a provider that counts by account: the first tokens of all need not wait for each other.
    ...{ id: idOf(n), provider: 'beds24', account: `${n}`, baseUrl },
    credentials: { refreshToken: `of the bench ${n}` },
  }));
  const defaults = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };
  const file = join(folder, 'provision.json');
  writeFileSync(file, JSON.stringify({ tenants: [{ id: 'bench', name: 'Bench', defaults, connections }] }));
  const cli = stack.use(node([join(root, 'dist/cli/main.mjs'), 'provision', file], env));
  const { code } = await cli.exited;
  if (code !== 0) throw new Error(`nothing could be provisioned:\n${cli.output()}`);
}

const node = (args: string[], env: Record<string, string | undefined>): Spawned =>
  spawned({ command: process.execPath, args, env, name: args[0]! });

/** Its log goes into a file, as in production nobody of ours reads it. */
function bundle(app: string, args: string[], env: Record<string, string | undefined>, log: string): Spawned {
  const command = [process.execPath, join(root, `dist/${app}/main.mjs`), ...args].map((part) => JSON.stringify(part));
  return spawned({ command: '/bin/sh', args: ['-c', `exec ${command.join(' ')} > ${JSON.stringify(log)}`], env, name: app });
}

const idOf = (n: number): string => `bench-${n % CONNECTIONS}`;
const bodyOf = (n: number): string =>
  JSON.stringify({ pattern: 'vault.lease.sync-worker', data: { tenant: 'bench', connection: idOf(n), after: 0 }, id: `${n}` });

/** As many under way as said, each followed by the next, for so long. */
async function askFor(ask: Ask, inFlight: number, ms: number): Promise<Spread> {
  const samples: number[] = [];
  const until = performance.now() + ms;
  let asked = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const began = performance.now();
      await ask(asked++);
      samples.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return spreadOf(Float64Array.from(samples));
}
