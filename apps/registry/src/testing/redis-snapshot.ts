import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisServer } from '@roomwire/testkit';
import type { Redis } from '../redis-scripts.ts';

/** Redis as it is now, to be {@link setBack} to: a copy of its dump, in its own folder. */
export async function snapshot(server: RedisServer, client: Redis): Promise<string> {
  await client.save();
  const copy = join(server.folder, `${crypto.randomUUID()}.rdb`);
  cpSync(join(server.folder, 'dump.rdb'), copy);
  return copy;
}

/** kill -9, and it comes back as it was; without a snapshot with nothing. */
export async function setBack(server: RedisServer, copy?: string): Promise<void> {
  await server.kill();
  if (copy) cpSync(copy, join(server.folder, 'dump.rdb'));
  else rmSync(join(server.folder, 'dump.rdb'), { force: true });
  await server.start();
}
