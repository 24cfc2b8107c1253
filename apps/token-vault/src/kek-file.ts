import { readFile } from 'node:fs/promises';
import type { Log } from '@roomwire/telemetry';
import { parseKeyRing, type KeyRing } from './core/key-ring.ts';

/**
 * Key-encryption keys from a file that changes while we run (a mounted Secret). A file that is gone or not right changes nothing: what
 * was read last stays in force, and the log says once what is wrong.
 */
export function kekFile(path: string, first: string, log: Log): () => Promise<KeyRing | undefined> {
  let last = first;
  let wrong: string | undefined;
  return async () => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => `unreadable: ${error.code ?? ''}`);
    if (text === last || text === wrong) return undefined;
    const ring = parseKeyRing(text.trim());
    if ('problem' in ring) {
      wrong = text;
      log.error({ problem: ring.problem }, 'the file of the key-encryption keys is not right; those before it stay in force');
      return undefined;
    }
    last = text;
    wrong = undefined;
    return ring;
  };
}
