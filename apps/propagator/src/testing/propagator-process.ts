import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');

/** How the whole service is started, as in production, for `spawned` of the test kit. */
export function propagatorOptions(natsUrl: string, env: Record<string, string> = {}) {
  return {
    command: process.execPath,
    args: ['--import', './scripts/register-swc.mjs', '--conditions=@roomwire/source', 'apps/propagator/src/main.ts'],
    cwd: root,
    env: { NATS_URL: natsUrl, ROOMWIRE_HEARTBEAT_MS: '50', ...env },
    name: 'propagator',
  };
}

/** The address that it says it listens on. */
export async function listeningUrl(started: { line(pattern: RegExp): Promise<RegExpExecArray> }): Promise<string> {
  const [line] = await started.line(/^\{"event":"listening".*/);
  return (JSON.parse(line) as { url: string }).url;
}
