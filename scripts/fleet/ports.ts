import { createServer } from 'node:net';

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
export type Ports = typeof FIXED;

/** `auto`: free ones. Otherwise the fixed block; a port that is taken is named, and what to do about it. */
export async function choosePorts(mode: 'fixed' | 'auto'): Promise<Ports> {
  if (mode === 'auto') return freePorts();
  for (const [name, port] of Object.entries(FIXED))
    if (!(await isFree(port)))
      throw new Error(`port ${port} (${name}) is taken: stop what uses it, or run with ROOMWIRE_PORTS=auto`);
  return FIXED;
}

/** All are held at once before any is given away, so that no two are the same. */
async function freePorts(): Promise<Ports> {
  const held = await Promise.all(Object.keys(FIXED).map(async (name) => ({ name, server: await listen(0) })));
  const ports = held.map(({ name, server }) => [name, (server.address() as { port: number }).port]);
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(ports) as Ports;
}

function listen(port: number) {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
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
