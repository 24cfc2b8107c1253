import { spawnedSource, type Spawned } from '@roomwire/testkit';

/** The whole service, started as in production. */
export function propagator(natsUrl: string, env: Record<string, string> = {}): Spawned {
  const own = { NATS_URL: natsUrl, ROOMWIRE_HEARTBEAT_MS: '50', ...env };
  return spawnedSource('apps/propagator/src/main.ts', { env: own, name: 'propagator' });
}

/** The address that it says it listens on. */
export async function listeningUrl(started: { line(pattern: RegExp): Promise<RegExpExecArray> }): Promise<string> {
  const [line] = await started.line(/^\{"event":"listening".*/);
  return (JSON.parse(line) as { url: string }).url;
}
