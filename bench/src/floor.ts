import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { natsServer, spawned, type NatsServer, type Spawned } from '@roomwire/testkit';
import type { Running } from './target.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TENANTS = [
  { tenant: 'seaside', account: '10450' },
  { tenant: 'midtown', account: '20771' },
];
const HOPS = { gateway: 'ingest-gateway', normalizer: 'normalizer', registry: 'registry', propagator: 'propagator' };
type Hop = keyof typeof HOPS;

export type FloorOptions = {
  rooms: number;
  /** `always`: every message is on the disk before it is acknowledged. */
  sync: 'interval' | 'always';
};

/** deploy/nats.conf, as the fleet has it; `storeMax` where more is reserved than the disk holds, and never used. */
export function natsConfig(sync: FloorOptions['sync'], storeMax?: string): string {
  const text = readFileSync(`${root}deploy/nats.conf`, 'utf8');
  const settings = [
    ...(sync === 'always' ? ['sync_interval: always'] : []),
    ...(storeMax ? [`max_file_store: ${storeMax}`] : []),
  ];
  if (settings.length === 0) return text;
  const changed = text.replace(/^jetstream: enabled$/m, `jetstream: { ${settings.join(', ')} }`);
  if (changed === text) throw new Error('deploy/nats.conf says nothing of jetstream that could be given settings');
  return changed;
}

/** Bare processes over a nats-server of their own, ready; gone when disposed. */
export async function startFloor({ rooms, sync }: FloorOptions): Promise<Running> {
  const text = natsConfig(sync);
  const password = `p${randomBytes(24).toString('hex')}`;
  const variables = [...text.matchAll(/\$(NATS_PASSWORD_[A-Z_]+)/g)].map(([, name]) => [name!, password]);
  const nats = await natsServer({
    config: text,
    env: Object.fromEntries(variables) as Record<string, string>,
    name: 'nats-server',
  });
  const hops = new Map<Hop, Spawned>();
  try {
    const settings = JSON.stringify({ nats: nats.url, password, tenants: TENANTS.map(({ tenant }) => tenant) });
    const { code } = await node('setup', settings).exited;
    if (code !== 0) throw new Error('the streams of the floor could not be made');
    for (const hop of Object.keys(HOPS) as Hop[]) hops.set(hop, node(hop, settings));
    const ports = new Map<Hop, number>();
    for (const [hop, process] of hops) ports.set(hop, portOf(await process.line(/^(\{"event":"listening".*\})$/)));
    return running({ nats, hops, ports, password, rooms });
  } catch (error) {
    await stop(nats, hops);
    throw error;
  }
}

type Parts = { nats: NatsServer; hops: Map<Hop, Spawned>; ports: Map<Hop, number>; password: string; rooms: number };

function running({ nats, hops, ports, password, rooms }: Parts): Running {
  const at = (hop: Hop): string => `http://127.0.0.1:${ports.get(hop)}`;
  return {
    name: 'floor',
    doors: TENANTS.map(({ tenant, account }) => ({
      ...{ tenant, account },
      webhook: { url: `${at('gateway')}/v1/webhooks/hostaway/${tenant}-hostaway`, headers: {} },
      stream: { url: `${at('propagator')}/v1/stream?kind=room&tenant=${tenant}`, headers: {} },
    })),
    processes: () => [
      ...[...hops].map(([hop, { pid }]) => ({ name: HOPS[hop], pid })),
      { name: 'nats-server', pid: nats.process.pid },
    ],
    nats: { server: `127.0.0.1:${nats.port}`, user: 'operator', pass: password },
    rooms,
    version: 0,
    [Symbol.asyncDispose]: () => stop(nats, hops),
  };
}

function node(program: string, settings: string): Spawned {
  return spawned({
    command: process.execPath,
    args: [`${root}bench/floor/${program}.mjs`, settings],
    env: { NODE_OPTIONS: undefined },
    name: `floor ${program}`,
  });
}

const portOf = ([, json]: RegExpExecArray): number => (JSON.parse(json!) as { port?: number }).port ?? 0;

async function stop(nats: NatsServer, hops: Map<Hop, Spawned>): Promise<void> {
  await Promise.all([...hops.values()].map((hop) => hop.kill()));
  await nats[Symbol.asyncDispose]();
}
