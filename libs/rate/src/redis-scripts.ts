import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

const SCRIPTS = { permit: 'permit.lua', release: 'release.lua', block: 'block.lua', leap: 'leap.lua' } as const;

/** Keys, then one argument: JSON. */
type Script = (keys: readonly string[], ask: object) => Promise<unknown>;
export type Scripts = Record<keyof typeof SCRIPTS, Script>;

const textOf = (file: string): string => readFileSync(new URL(`./lua/${file}`, import.meta.url), 'utf8');

/** The scripts as commands of this connection: sent by hash, loaded again by the client where Redis forgot them. */
export function scriptsOf(redis: Redis): Scripts {
  const commands = redis as unknown as Record<string, (...args: (string | number)[]) => Promise<unknown>>;
  const common = textOf('common.lua');
  const scripts = Object.entries(SCRIPTS).map(([name, file]): [string, Script] => {
    redis.defineCommand(name, { lua: common + textOf(file) });
    return [name, (keys, ask) => commands[name]!.call(redis, keys.length, ...keys, JSON.stringify(ask))];
  });
  return Object.fromEntries(scripts) as Scripts;
}
