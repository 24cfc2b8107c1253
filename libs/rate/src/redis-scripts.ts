import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

const SCRIPTS = { permit: 'permit.lua', release: 'release.lua', block: 'block.lua' } as const;

/** Keys first, then arguments. */
type Script = (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;
export type Scripts = Record<keyof typeof SCRIPTS, Script>;

/** The scripts as commands of this connection: sent by hash, loaded again by the client where Redis forgot them. */
export function scriptsOf(redis: Redis): Scripts {
  const commands = redis as unknown as Record<string, (...args: (string | number)[]) => Promise<unknown>>;
  const scripts = Object.entries(SCRIPTS).map(([name, file]): [string, Script] => {
    redis.defineCommand(name, { lua: readFileSync(new URL(`./lua/${file}`, import.meta.url), 'utf8') });
    return [name, (keys, args) => commands[name]!.call(redis, keys.length, ...keys, ...args)];
  });
  return Object.fromEntries(scripts) as Scripts;
}
