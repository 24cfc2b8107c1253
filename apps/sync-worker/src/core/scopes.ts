import { encodeToken } from '@roomwire/events';
import { limitScopes, type Caller, type Limit } from '@roomwire/pms-port';
import type { Scope } from '@roomwire/rate';

export type Call = Caller & { kind: string; entity: string };

/**
 * The provider's limits, and one of our own: one read of an entity at a time in the fleet, or one of all
 * entities of a kind where one call reads many. Two that overlap could be answered in the
 * other order than they were granted, and the older content would bear the newer `observedAt`.
 */
export function scopesOf(limits: readonly Limit[], call: Call): Scope[] {
  const { provider, connection, kind, entity } = call;
  return [
    ...limitScopes(limits, call),
    { key: encodeToken([provider, 'entity', connection, kind, entity].join('/')), limit: 1, windowMs: 0, lasting: false },
  ];
}
