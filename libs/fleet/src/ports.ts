import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Ports of a fleet that nobody configured otherwise; one block, so that it is easy to see what is Roomwire's. */
const FIXED = {
  'ingest-gateway': 4101,
  registry: 4102,
  propagator: 4103,
  normalizer: 4104,
  'token-vault': 4105,
  'sync-worker': 4106,
  simulator: 4107,
  nats: 4111,
  redis: 4112,
};
export type Ports = typeof FIXED & Record<string, number>;

/**
 * Where fleets with ports of their own stand, a block each. Below what systems give away themselves (from 32,768 on Linux, from 49,152
 * elsewhere), so that nothing that asks for *some* port is given one of a service that is just starting, or restarting.
 */
const BLOCKS = { from: 20_000, size: 64, count: 190 };

/** `release` when the last of them is no longer used. */
export type Claimed = { ports: Ports; release(): void };

/**
 * `auto`: a block that no other fleet here has. Otherwise the fixed one; a port that is taken is named, and what to do about it.
 * Further replicas have ports of a block either way.
 */
export async function claimPorts(mode: 'fixed' | 'auto', replicas: readonly string[] = []): Promise<Claimed> {
  if (mode === 'fixed')
    for (const [name, port] of Object.entries(FIXED))
      if (!(await isFree(port)))
        throw new Error(`port ${port} (${name}) is taken: stop what uses it, or run with ROOMWIRE_PORTS=auto`);
  const { ports, release } = await claimBlock([...(mode === 'auto' ? Object.keys(FIXED) : []), ...replicas]);
  return { ports: { ...FIXED, ...ports }, release };
}

/** A block is had by who listens on its first port, so a process that dies in whatever way gives it back. */
async function claimBlock(names: readonly string[]): Promise<{ ports: Record<string, number>; release(): void }> {
  if (names.length >= BLOCKS.size) throw new Error(`${names.length} processes want a port, a fleet has ${BLOCKS.size - 1}`);
  const start = randomInt(BLOCKS.count);
  for (let step = 0; step < BLOCKS.count; step++) {
    const first = BLOCKS.from + BLOCKS.size * ((start + step) % BLOCKS.count);
    const guard = await listen(first).catch(() => undefined);
    if (!guard) continue;
    const ports = names.map((name, index) => [name, first + 1 + index] as const);
    // What a killed fleet left may still be ending.
    const free = await Promise.all(ports.map(([, port]) => isFree(port)));
    if (free.every(Boolean)) return { ports: Object.fromEntries(ports), release: () => void guard.close() };
    guard.close();
  }
  throw new Error(`no ${names.length} free ports between ${BLOCKS.from} and ${BLOCKS.from + BLOCKS.size * BLOCKS.count}`);
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server.unref()));
  });
}

async function isFree(port: number): Promise<boolean> {
  try {
    const server = await listen(port);
    await new Promise((resolve) => server.close(resolve));
    return true;
  } catch {
    return false;
  }
}
