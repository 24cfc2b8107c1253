import type { Redis } from 'ioredis';
import { conflictStatus, type ConflictStatus } from '@roomwire/events';
import type { HeldConflict } from './core/conflict.ts';
import { isShelf } from './core/shelf.ts';
import { keysOf } from './keys.ts';
import { scriptsOf, type Scripts } from './redis-scripts.ts';

/** Notes what readers have heard of a conflict with those of its place, where nothing later was heard. `kept`: the key of those. */
export async function markConflict(scripts: Scripts, tenant: string, kept: string, heard: HeldConflict): Promise<void> {
  const { conflictPlaces, conflictIdsPrefix } = keysOf(tenant);
  const { id, status } = heard.state;
  const told = [id, heard.stateSeq, JSON.stringify(heard), status];
  await scripts.markConflict(kept, conflictPlaces, ...told, conflictIdsPrefix, ...conflictStatus.options);
}

/** Conflicts in Redis by their ids, whichever place they are of. */
export class ConflictStore {
  private readonly scripts: Scripts;

  constructor(private readonly redis: Redis) {
    this.scripts = scriptsOf(redis);
  }

  /** Ids of those that are in one of the statuses and come after `after`, in the order of their bytes. */
  async ids(tenant: string, statuses: readonly ConflictStatus[], after: string | undefined, limit: number): Promise<string[]> {
    const { conflictIds } = keysOf(tenant);
    const start = after === undefined ? '-' : `(${after}`;
    const found = await Promise.all(
      statuses.map((status) => this.redis.zrangebylex(conflictIds(status), start, '+', 'LIMIT', 0, limit)),
    );
    // One that changes its status in between is in two of them.
    return [...new Set(found.flat())].sort().slice(0, limit);
  }

  /** In the order of the ids; undefined where there is none. */
  async held(tenant: string, ids: readonly string[]): Promise<(HeldConflict | undefined)[]> {
    if (ids.length === 0) return [];
    const kept = await this.redis.hmget(keysOf(tenant).conflictPlaces, ...ids);
    const texts = await Promise.all(kept.map(async (key, i) => (key ? this.redis.hget(key, ids[i]!) : null)));
    return texts.map((text) => (text ? (JSON.parse(text) as HeldConflict) : undefined));
  }

  /** Removes what is remembered of it, as if there had never been one; nothing where readers have heard more of it since it was read. */
  async forget(tenant: string, { state, stateSeq }: HeldConflict): Promise<void> {
    const keys = keysOf(tenant);
    const kept = isShelf(state.place) ? keys.shelfConflicts(state.place) : keys.unitConflicts(state.place);
    await this.scripts.forgetConflict(kept, keys.conflictPlaces, keys.conflictIds(state.status), state.id, stateSeq);
  }
}
