import { Problem } from '@roomwire/chassis';
import type { ConflictState, Tenant } from '@roomwire/events';
import type { ConflictStore } from '../conflict-store.ts';
import type { HeldConflict } from '../core/conflict.ts';
import { cursorOf, placeIn } from './core/cursor.ts';
import type { Answer, Asked, OPERATIONS } from './core/operations.ts';

type Operations = typeof OPERATIONS;
type Filter = Pick<Asked<Operations['conflicts']>, 'status' | 'kind' | 'property' | 'unit' | 'unitType'>;

/** As for reservations: what one request may look at, and what is read from Redis at a time. Some 1 KB each. */
const SCANNED_MAX = 1_000;
const CHUNK = 100;

/** Conflicts that readers have heard of, by their ids: the only order that none leaves by being looked into. */
export class ConflictLists {
  constructor(private readonly held: ConflictStore) {}

  async conflicts(
    { id: tenant }: Tenant,
    { limit, cursor, ...filter }: Asked<Operations['conflicts']>,
  ): Promise<Answer<Operations['conflicts']>> {
    const items: Answer<Operations['conflict']>[] = [];
    let after = cursor && placeIn('conflicts', cursor);
    for (let scanned = 0; scanned < SCANNED_MAX; scanned += CHUNK) {
      const ids = await this.held.ids(tenant, filter.status, after, CHUNK);
      for (const [index, held] of (await this.held.held(tenant, ids)).entries()) {
        if (held && fits(filter, held.state)) items.push(answerOf(held));
        const isLast = index === ids.length - 1 && ids.length < CHUNK;
        if (items.length === limit) return { items, next: isLast ? null : cursorOf('conflicts', ids[index]!) };
      }
      if (ids.length < CHUNK) return { items, next: null };
      after = ids.at(-1);
    }
    return { items, next: cursorOf('conflicts', after!) };
  }

  async conflict({ id: tenant }: Tenant, { conflict }: Asked<Operations['conflict']>): Promise<Answer<Operations['conflict']>> {
    const [held] = await this.held.held(tenant, [conflict]);
    if (!held) throw noConflict(conflict);
    return answerOf(held);
  }
}

export function noConflict(id: string): Problem {
  return new Problem(404, 'not-found', `no conflict "${id}": GET /v1/conflicts lists those that there are`);
}

function answerOf({ state, revision }: HeldConflict): Answer<Operations['conflict']> {
  return { ...state, revision };
}

/** The status too: it may have changed since the id was found by it. */
function fits({ status, kind, property, unit, unitType }: Filter, conflict: ConflictState): boolean {
  return (
    status.includes(conflict.status) &&
    (kind === undefined || kind.includes(conflict.kind)) &&
    (property === undefined || property === conflict.property) &&
    (unit === undefined || unit === conflict.unit) &&
    (unitType === undefined || unitType === conflict.unitType)
  );
}
