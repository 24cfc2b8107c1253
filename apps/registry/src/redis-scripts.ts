import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

export type { Redis };

const SCRIPTS = {
  readRecord: { file: 'read-record.lua', keys: 3 },
  dirtyOf: { file: 'dirty-of.lua', keys: 3 },
  writeRecord: { file: 'write-record.lua', keys: 11 },
  forgetRecord: { file: 'forget-record.lua', keys: 10 },
  emptyState: { file: 'empty-state.lua', keys: 1 },
  markAnnounced: { file: 'mark-announced.lua', keys: 4 },
  readUnit: { file: 'read-unit.lua', keys: 6 },
  forgetConflict: { file: 'forget-conflict.lua', keys: 3 },
  markConflict: { file: 'mark-conflict.lua', keys: 2 },
  finishUnit: { file: 'finish-unit.lua', keys: 7 },
  touchUnit: { file: 'touch-unit.lua', keys: 4 },
  /** Its number of keys comes first. */
  readBucket: { file: 'read-bucket.lua' },
  keepFound: { file: 'keep-found.lua', keys: 4 },
  waitingFor: { file: 'waiting-for.lua', keys: 2 },
  finishBucket: { file: 'finish-bucket.lua', keys: 3 },
  touchBucket: { file: 'touch-bucket.lua', keys: 4 },
  restoreUnit: { file: 'restore-unit.lua', keys: 3 },
  beginFeed: { file: 'begin-feed.lua', keys: 4 },
  endFeed: { file: 'end-feed.lua', keys: 4 },
  raiseFloor: { file: 'raise-floor.lua', keys: 5 },
} as const;

type Script = (...keysThenArgs: (string | number)[]) => Promise<unknown>;
export type Scripts = Record<keyof typeof SCRIPTS, Script>;

/** The registry's scripts as commands of this connection: sent by hash, loaded again by the client where Redis forgot them. */
export function scriptsOf(redis: Redis): Scripts {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    const lua = readFileSync(new URL(`./lua/${script.file}`, import.meta.url), 'utf8');
    redis.defineCommand(name, 'keys' in script ? { numberOfKeys: script.keys, lua } : { lua });
  }
  const commands = redis as unknown as Scripts;
  return Object.fromEntries(
    Object.keys(SCRIPTS).map((name) => [
      name,
      (...args: (string | number)[]) => commands[name as keyof Scripts].call(redis, ...args),
    ]),
  ) as Scripts;
}

/** Epoch ms by Redis' clock: what its sorted sets were filled by. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
