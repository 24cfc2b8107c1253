/**
 * npm start: the whole of Roomwire on this machine, with a simulated Hostaway. Environment: ROOMWIRE_PORTS=auto picks free ports,
 * ROOMWIRE_DEMO_RATE events per second (0 = silent), ROOMWIRE_DATA a folder that keeps state, NATS_URL and REDIS_URL your own servers.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './fleet/child.ts';
import { provisionFile, simulatorAccounts, TENANT_IDS, tenantsForReadyLine } from './fleet/demo.ts';
import { followRooms } from './fleet/live.ts';
import { choosePorts } from './fleet/ports.ts';
import { secretsOf } from './fleet/secrets.ts';
import { natsServer, redisServer, type Place } from './fleet/servers.ts';
import { cli, service, SERVICES, simulator, type Backends } from './fleet/services.ts';
import { Supervised } from './fleet/supervise.ts';

const say = (line: string): void => void process.stderr.write(`· ${line}\n`);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rate = Number(process.env.ROOMWIRE_DEMO_RATE ?? 2);
if (!(rate >= 0)) fail(`ROOMWIRE_DEMO_RATE: expected events per second (0 = silent), got "${process.env.ROOMWIRE_DEMO_RATE}"`);

const kept = process.env.ROOMWIRE_DATA;
const data = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), 'roomwire-'));
mkdirSync(join(data, 'logs'), { recursive: true });

/** In the order of starting; stopped the other way round. */
const running: (Child | Supervised)[] = [];
const live = new AbortController();
let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
// The verb that started us was killed outright: nobody else would end the fleet.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && void stop(0), 250).unref();
// The last resort: whatever way this process ends, nothing of it stays behind.
process.on('exit', () => running.forEach((child) => child.killNow()));

try {
  await start();
} catch (error) {
  if (!stopping) {
    say(error instanceof Error ? error.message : String(error));
    say(`logs: ${join(data, 'logs')}`);
    await stop(1, true);
  }
}

async function start(): Promise<void> {
  const ports = await choosePorts(process.env.ROOMWIRE_PORTS === 'auto' ? 'auto' : 'fixed');
  const place: Place = { root, data, ports, secrets: secretsOf(data, TENANT_IDS) };
  const backends = await startBackends(place);
  const at = (name: keyof typeof ports): string => `http://127.0.0.1:${ports[name]}`;

  say(`services: ${SERVICES.join(', ')} …`);
  const accounts = simulatorAccounts(place.secrets, at('ingest-gateway'));
  // The story begins when everybody listens: rate 0 until then.
  const specs = [...SERVICES.map((name) => service(name, place, backends)), simulator(place, accounts, 0)];
  const supervised = specs.map((spec) => new Supervised(spec, say));
  running.push(...supervised);
  // Beside them, as a job would run: services wait for their buckets, the command for the vault.
  await Promise.all([
    provision(place, backends, provisionFile(place.secrets, at('simulator'))),
    ...supervised.map((child) => child.ready),
  ]);

  const ready = {
    ...{ gateway: at('ingest-gateway'), registry: at('registry'), propagator: at('propagator'), simulator: at('simulator') },
    ...{ nats: operatorUrl(place, backends), redis: backends.redisUrl },
    tenants: tenantsForReadyLine(place.secrets, at('ingest-gateway')),
    services: supervised.map(({ name, pid }) => ({ name, pid })),
    data,
  };
  await Promise.all(SERVICES.map((name) => untilReady(at(name))));
  process.stdout.write(`roomwire ready ${JSON.stringify(ready)}\n`);
  for (const { apiToken } of ready.tenants)
    followRooms(at('propagator'), apiToken!, (line) => process.stdout.write(`${line}\n`), live.signal);
  if (rate > 0)
    await fetch(`${at('simulator')}/__simulator/rate`, {
      method: 'POST',
      body: JSON.stringify({ perSecond: rate }),
      headers: { 'content-type': 'application/json' },
    });
}

async function startBackends(place: Place): Promise<Backends> {
  const mine: Child[] = [];
  if (!process.env.NATS_URL) mine.push(natsServer(place));
  if (!process.env.REDIS_URL) mine.push(redisServer(place));
  running.push(...mine);
  say(`servers: ${mine.map(({ name }) => name).join(', ') || 'yours'} …`);
  await Promise.all(mine.map((child) => child.ready));
  return {
    natsUrl: process.env.NATS_URL ?? `nats://127.0.0.1:${place.ports.nats}`,
    redisUrl: process.env.REDIS_URL ?? `redis://:${place.secrets.redisPassword}@127.0.0.1:${place.ports.redis}`,
  };
}

async function provision(place: Place, backends: Backends, wanted: unknown): Promise<void> {
  const file = join(data, 'provision.json');
  writeFileSync(file, JSON.stringify(wanted, null, 2), { mode: 0o600 });
  const run = new Child(cli(place, backends, ['provision', file]));
  running.push(run);
  const { code } = await run.exited;
  running.splice(running.indexOf(run), 1);
  if (code !== 0) await run.ready; // rejects with its last lines
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`${url} is not ready after 20 s: ${answer ? await answer.text() : 'no answer'}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

function operatorUrl(place: Place, { natsUrl }: Backends): string {
  if (process.env.NATS_URL) return natsUrl;
  const url = new URL(natsUrl);
  url.username = 'operator';
  url.password = place.secrets.natsPasswords.operator;
  return url.href.replace(/\/$/, '');
}

/** Sources first, stores last, so that what was accepted is also finished. */
function stop(code: number, keepLogs = false): Promise<void> {
  stopping ??= (async () => {
    live.abort();
    say('stopping …');
    const last = [...running].reverse();
    const services = last.filter((child) => child instanceof Supervised);
    await Promise.all(services.filter(({ name }) => name === 'simulator').map((child) => child.stop()));
    await Promise.all(services.map((child) => child.stop()));
    await Promise.all(last.map((child) => child.stop()));
    if (!kept && !keepLogs) rmSync(data, { recursive: true, force: true });
    process.exit(code);
  })();
  return stopping;
}

function fail(message: string): never {
  say(message);
  process.exit(1);
}
