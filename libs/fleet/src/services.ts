import { join } from 'node:path';
import { passwordVariable } from './secrets.ts';
import type { Place } from './servers.ts';
import type { ChildSpec } from './child.ts';

export const SERVICES = ['token-vault', 'ingest-gateway', 'normalizer', 'registry', 'propagator', 'sync-worker'] as const;
export type ServiceName = (typeof SERVICES)[number];
const LISTENING = /^\{"event":"listening".*\}$/;

export type Backends = { natsUrl: string; redisUrl: string };
/** One process of a service. `name` is the service's, with a number after it from the second replica on. */
export type Replica = { service: ServiceName; name: string };

export function replicasOf(wanted: Partial<Record<ServiceName, number>> = {}): Replica[] {
  return SERVICES.flatMap((service) =>
    Array.from({ length: wanted[service] ?? 1 }, (_, i) => ({ service, name: i === 0 ? service : `${service}-${i + 1}` })),
  );
}

/**
 * As in deploy/Dockerfile. A service holds little and makes much garbage. With Node's defaults its young generation grows to many times
 * what it needs, and its old one to four times what lives in it (the registry's 26 MB to 118), or, where a container has little memory,
 * by so little that a full collection every two seconds is the p99. Twice what lives is a collection in twenty seconds, at 200/s.
 *
 * A full collection marks on all of V8's threads, four by default: on two cores that took both for 50 ms, from every process beside it
 * (p99 at 200/s: 33 to 44 ms, with two threads 22 to 28).
 */
export const NODE_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=100', '--v8-pool-size=2'];
/** The same for what is allocated outside the heap, by glibc: an arena per thread keeps what it once had. */
export const ALLOCATOR = { MALLOC_ARENA_MAX: '2' };

function program({ root, bundles }: Place, app: string): string[] {
  if (bundles) return [...NODE_FLAGS, join(root, `dist/${app}/main.mjs`)];
  return [
    ...['--import', join(root, 'scripts/register-swc.mjs'), '--conditions=@roomwire/source'],
    ...['--disable-warning=ExperimentalWarning', join(root, `apps/${app}/src/main.ts`)],
  ];
}

/** From its bundle where the place says so (`npm run build` has made it), else from its sources. */
export function service(
  { service, name }: Replica,
  place: Place,
  { natsUrl, redisUrl }: Backends,
  env: Record<string, string | undefined> = {},
): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: program(place, service),
    env: {
      ...OURS,
      ...ALLOCATOR,
      ...{ NATS_URL: natsUrl, REDIS_URL: redisUrl, PORT: String(place.ports[name]), HOST: '127.0.0.1' },
      ...natsUser(service, place),
      ...(service === 'token-vault' ? { ROOMWIRE_VAULT_KEYS: place.secrets.vaultKeys } : {}),
      ...(service === 'propagator' ? { ROOMWIRE_TICKET_KEY: place.secrets.ticketKey } : {}),
      ...(service === 'sync-worker' || service === 'token-vault' ? { EGRESS_ID: 'local' } : {}),
      ...(service === 'sync-worker'
        ? { WEBHOOK_BASE_URL: process.env.WEBHOOK_BASE_URL ?? `http://127.0.0.1:${place.ports['ingest-gateway']}` }
        : {}),
      ...env,
    },
    logFile: join(place.data, `logs/${name}.log`),
    ready: LISTENING,
  };
}

export function simulator(place: Place, accounts: unknown, rate: number): ChildSpec {
  return {
    name: 'simulator',
    command: process.execPath,
    args: program(place, 'pms-simulator'),
    env: {
      ...{ PORT: String(place.ports.simulator), HOST: '127.0.0.1' },
      SIMULATOR_ACCOUNTS: JSON.stringify(accounts),
      SIMULATOR_RATE: String(rate),
      SIMULATOR_SEED: process.env.SIMULATOR_SEED ?? '1',
    },
    logFile: join(place.data, 'logs/simulator.log'),
    ready: LISTENING,
  };
}

/** `roomwire …` as the operator: the fleet is provisioned by the same command that a platform team runs. */
export function cli(place: Place, { natsUrl }: Backends, args: string[], env: Record<string, string> = {}): ChildSpec {
  return {
    name: `roomwire ${args[0]}`,
    command: process.execPath,
    args: [...program(place, 'cli'), ...args],
    env: { ...OURS, NATS_URL: natsUrl, ...natsUser('operator', place), ...env },
    logFile: join(place.data, 'logs/cli.log'),
    ready: /^\0$/,
  };
}

/** What steers this command is none of a service's business. */
const OURS = { ROOMWIRE_PORTS: undefined, ROOMWIRE_DEMO_RATE: undefined, ROOMWIRE_DATA: undefined };

/** With a nats-server of somebody's own, its users are theirs: NATS_PASSWORD_<SERVICE>, or none at all. */
function natsUser(user: keyof Place['secrets']['natsPasswords'], place: Place): Record<string, string | undefined> {
  const password = process.env.NATS_URL ? process.env[passwordVariable(user)] : place.secrets.natsPasswords[user];
  return password ? { NATS_USER: user, NATS_PASSWORD: password } : { NATS_USER: undefined, NATS_PASSWORD: undefined };
}
