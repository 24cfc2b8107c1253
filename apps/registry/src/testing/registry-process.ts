import { spawnedSource, type Spawned } from '@roomwire/testkit';

/** The whole service, started as in production. */
export function registry(natsUrl: string, redisUrl: string, env: Record<string, string> = {}): Spawned {
  return spawnedSource('apps/registry/src/main.ts', {
    env: { NATS_URL: natsUrl, REDIS_URL: redisUrl, ...env },
    name: 'registry',
  });
}

/** The address that it says it listens on. */
export async function listeningUrl(started: Spawned): Promise<string> {
  const [line] = await started.line(/^\{"event":"listening".*/);
  return (JSON.parse(line) as { url: string }).url;
}
