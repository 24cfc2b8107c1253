import { fileURLToPath } from 'node:url';
import { spawned, spawnedSource, type Spawned } from '@roomwire/testkit';

/** What `roomwire ready` says: the only thing that is known of the fleet from outside. */
export type Ready = {
  gateway: string;
  registry: string;
  propagator: string;
  simulator: string;
  nats: string;
  redis: string;
  tenants: {
    tenant: string;
    apiToken: string;
    connections: { id: string; provider: string; webhookUrl: string; headers: Record<string, string>; signingKey?: string }[];
  }[];
  services: { name: string; pid: number }[];
  data: string;
};

export type Fleet = AsyncDisposable & { ready: Ready; process: Spawned };

const root = fileURLToPath(new URL('../../', import.meta.url));
/** On ports of its own and servers of its own, with nobody making up events. */
const SILENT = {
  ...{ ROOMWIRE_PORTS: 'auto', ROOMWIRE_DEMO_RATE: '0' },
  ...{ NATS_URL: undefined, REDIS_URL: undefined, NODE_OPTIONS: undefined },
};
/** Eight processes on two cores. */
const READY_WITHIN_MS = 60_000;

/** The whole of Roomwire as `npm start` runs it, but for the compiling of sources: what is built is what is deployed. */
export async function fleet(env: Record<string, string> = {}): Promise<Fleet> {
  const process_ = spawnedSource('scripts/start.ts', { env: { ...SILENT, ROOMWIRE_BUNDLES: '1', ...env }, name: 'npm start' });
  const [, json] = await process_.line(/^roomwire ready (\{.*\})$/, READY_WITHIN_MS);
  return {
    ready: JSON.parse(json!) as Ready,
    process: process_,
    [Symbol.asyncDispose]: async () => void (await process_.stop(30_000)),
  };
}

/** The command itself, as somebody types it. */
export function npmStart(): Spawned {
  return spawned({
    command: 'npm',
    args: ['start'],
    cwd: root,
    env: SILENT,
  });
}

/** The process that runs a service now: a supervisor gives it another pid when it is started again. */
export function pidOf(ready: Ready, name: string): number {
  const found = ready.services.find((service) => service.name === name);
  if (!found) throw new Error(`no service "${name}" in the ready line`);
  return found.pid;
}

/** True while any process of the fleet's folder or pids is left. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
