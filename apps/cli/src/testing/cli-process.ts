import { join } from 'node:path';

export const root = join(import.meta.dirname, '../../../..');

/** How a person starts it, for `spawned` of the test kit. */
export function roomwireOptions(args: readonly string[], env: Record<string, string | undefined> = {}) {
  return { command: process.execPath, args: [join(root, 'apps/cli/bin/roomwire.mjs'), ...args], env, name: 'roomwire' };
}
