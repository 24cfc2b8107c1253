import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fleet, type ServiceName } from '@roomwire/fleet';
import { track } from '@roomwire/testkit';
import { natsConfig, type FloorOptions } from './floor.ts';
import type { Running } from './target.ts';
import { listingOf } from './webhooks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type ProductOptions = FloorOptions & {
  replicas?: Partial<Record<ServiceName, number>>;
  /** In all; those beyond the two of the demo have a connection and are silent. */
  tenants?: number;
  /** Of every service. */
  env?: Record<string, string>;
  say?: (line: string) => void;
};

/** The whole fleet from its bundles, its logs in files as in production, its rooms known; gone when disposed. */
export async function startProduct(options: ProductOptions): Promise<Running> {
  const { rooms, sync, replicas = {}, tenants = 0, env = {}, say = () => undefined } = options;
  if (!existsSync(join(root, 'dist/registry/main.mjs'))) throw new Error('no bundles: npm run build makes them');
  const data = mkdtempSync(join(tmpdir(), 'roomwire-bench-'));
  const natsConf = join(data, 'nats.conf');
  // Limits of bytes are reserved when a stream is made, used or not.
  writeFileSync(natsConf, natsConfig(sync, tenants > 2 ? '1TB' : undefined));
  const fleet = new Fleet({
    ...{ root, data, ports: 'auto', bundles: true, replicas, natsConf, say },
    // There is no provider to ask.
    env: { LOG_LEVEL: 'info', POLLING: 'off', NODE_OPTIONS: undefined, ...env },
  });
  const ended = track({ name: 'fleet of the bench', kill: () => fleet.killNow() });
  const stop = async (): Promise<void> => {
    await fleet.stop();
    rmSync(data, { recursive: true, force: true });
    ended();
  };
  try {
    await fleet.start();
    await declare(fleet, data, { rooms, tenants });
    return running(fleet, rooms, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function running(fleet: Fleet, rooms: number, stop: () => Promise<void>): Running {
  const { ready } = fleet;
  const nats = new URL(ready.nats);
  return {
    name: 'fleet',
    doors: ready.tenants.map(({ tenant, apiToken, connections }, index) => ({
      ...{ tenant, account: accountsOf(ready.data)[index]! },
      webhook: { url: connections[0]!.webhookUrl, headers: connections[0]!.headers },
      stream: { url: `${ready.propagator}/v1/stream?kind=room`, headers: { authorization: `Bearer ${apiToken}` } },
    })),
    processes: () => fleet.ready.services,
    nats: { server: nats.host, user: nats.username, pass: nats.password },
    rooms,
    version: 0,
    [Symbol.asyncDispose]: stop,
  };
}

type Declared = {
  id: string;
  connections: ({ id: string; account?: string } & Record<string, unknown>)[];
  properties?: unknown[];
};
type ProvisionFile = { tenants: Declared[] };
const provisionFile = (data: string): ProvisionFile =>
  JSON.parse(readFileSync(join(data, 'provision.json'), 'utf8')) as ProvisionFile;
const accountsOf = (data: string): string[] => provisionFile(data).tenants.map(({ connections }) => connections[0]!.account!);

/** In the catalogue beforehand: a house met for the first time is read at its provider, at a few a second, for minutes. */
async function declare(fleet: Fleet, data: string, { rooms, tenants }: { rooms: number; tenants: number }): Promise<void> {
  const declared = provisionFile(data);
  declared.tenants.forEach((tenant, index) => {
    const own = Array.from({ length: rooms }, (_, room) => room).filter((room) => room % declared.tenants.length === index);
    tenant.properties = own.map((room) => {
      const providerIds = { [tenant.connections[0]!.id]: String(listingOf(room)) };
      return { id: `bench-p-${room}`, providerIds, units: [{ id: `bench-u-${room}`, name: `Room ${room}`, providerIds }] };
    });
  });
  for (let i = declared.tenants.length; i < tenants; i++)
    declared.tenants.push(silentTenant(`silent-${i}`, fleet.ready.simulator));
  const file = join(data, 'provision-rooms.json');
  writeFileSync(file, JSON.stringify(declared), { mode: 0o600 });
  await cli(['provision', file], { NATS_URL: fleet.ready.nats });
}

function silentTenant(id: string, baseUrl: string): Declared & Record<string, unknown> {
  return {
    ...{ id, name: id, defaults: { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' } },
    connections: [{ id: `${id}-hostaway`, provider: 'hostaway', account: '1', baseUrl }],
  };
}

function cli(args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.mjs'), ...args], {
    env: { ...process.env, ...env, NATS_USER: undefined, NATS_PASSWORD: undefined, NODE_OPTIONS: undefined },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`roomwire ${args.join(' ')} ended with ${code}:\n${said}`)),
    );
  });
}
