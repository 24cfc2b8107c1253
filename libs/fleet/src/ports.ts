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
export type Ports = typeof FIXED & Record<string, number>;

/**
 * `auto`: free ones. Otherwise the fixed block; a port that is taken is named, and what to do about it. Further replicas have free
 * ports either way.
 */
export async function choosePorts(mode: 'fixed' | 'auto', replicas: readonly string[] = []): Promise<Ports> {
  if (mode === 'auto') return (await freePorts([...Object.keys(FIXED), ...replicas])) as Ports;
  for (const [name, port] of Object.entries(FIXED))
    if (!(await isFree(port)))
      throw new Error(`port ${port} (${name}) is taken: stop what uses it, or run with ROOMWIRE_PORTS=auto`);
  return { ...FIXED, ...(await freePorts(replicas)) };
}

/** All are held at once before any is given away, so that no two are the same. */
async function freePorts(names: readonly string[]): Promise<Record<string, number>> {
  const held = await Promise.all(names.map(async (name) => ({ name, server: await listen(0) })));
  const ports = held.map(({ name, server }) => [name, (server.address() as { port: number }).port]);
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(ports) as Record<string, number>;
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
