/**
 * npm start: the whole of Roomwire on this machine, with a simulated Hostaway. Environment: ROOMWIRE_PORTS=auto picks free ports,
 * ROOMWIRE_DEMO_RATE events per second (0 = silent), ROOMWIRE_DATA a folder that keeps state, NATS_URL and REDIS_URL your own servers,
 * ROOMWIRE_BUNDLES=1 what `npm run build` made of the services instead of their sources, which starts sooner.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fleet, followRooms } from '@roomwire/fleet';

const say = (line: string): void => void process.stderr.write(`· ${line}\n`);
const rate = Number(process.env.ROOMWIRE_DEMO_RATE ?? 2);
if (!(rate >= 0)) fail(`ROOMWIRE_DEMO_RATE: expected events per second (0 = silent), got "${process.env.ROOMWIRE_DEMO_RATE}"`);

const kept = process.env.ROOMWIRE_DATA;
const data = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), 'roomwire-'));
const fleet = new Fleet({
  root: dirname(dirname(fileURLToPath(import.meta.url))),
  data,
  ports: process.env.ROOMWIRE_PORTS === 'auto' ? 'auto' : 'fixed',
  natsUrl: process.env.NATS_URL,
  redisUrl: process.env.REDIS_URL,
  bundles: process.env.ROOMWIRE_BUNDLES === '1',
  say,
});

const live = new AbortController();
let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
// The verb that started us was killed outright: nobody else would end the fleet.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && void stop(0), 250).unref();
process.on('exit', () => fleet.killNow());

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
  await fleet.start();
  const { ready } = fleet;
  process.stdout.write(`roomwire ready ${JSON.stringify(ready)}\n`);
  for (const { apiToken } of ready.tenants)
    followRooms(ready.propagator, apiToken!, (line) => process.stdout.write(`${line}\n`), live.signal);
  if (rate > 0) await fleet.setRate(rate);
}

function stop(code: number, keepLogs = false): Promise<void> {
  stopping ??= (async () => {
    live.abort();
    say('stopping …');
    await fleet.stop();
    if (!kept && !keepLogs) rmSync(data, { recursive: true, force: true });
    process.exit(code);
  })();
  return stopping;
}

function fail(message: string): never {
  say(message);
  process.exit(1);
}
