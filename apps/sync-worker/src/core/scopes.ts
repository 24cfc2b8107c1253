import { encodeToken, type FetchLane } from '@roomwire/events';
import type { Limit } from '@roomwire/pms-port';
import type { Scope } from '@roomwire/rate';

export type Call = {
  provider: string;
  connection: string;
  account: string | null;
  /** What the provider counts addresses by: everything that leaves through one of them shares a bucket. */
  egress: string;
  lane: FetchLane;
  kind: string;
  entity: string;
};

/** What of a limit each lane may use: a lower lane leaves room for a higher one, and the highest may take it all. */
const SHARE: Record<FetchLane, number> = { live: 1, poll: 0.7, backfill: 0.4 };

/**
 * The provider's limits, and one of our own: one read of an entity at a time in the fleet. Two that overlap could be answered in the
 * other order than they were granted, and the older content would bear the newer `observedAt`.
 */
export function scopesOf(limits: readonly Limit[], call: Call): Scope[] {
  const { provider, connection, kind, entity } = call;
  const provided = limits.map(({ scope, limit, windowMs }) => ({
    key: encodeToken([provider, scope, nameOf(scope, call)].join('/')),
    limit: Math.max(1, Math.floor(limit * SHARE[call.lane])),
    windowMs,
    lasting: true,
  }));
  return [
    ...provided,
    { key: encodeToken([provider, 'entity', connection, kind, entity].join('/')), limit: 1, windowMs: 0, lasting: false },
  ];
}

/** Those that a provider's "too many" is about, as far as one can tell: an account must not be able to stop its neighbours. */
export function blockedBy(scopes: readonly Scope[], limits: readonly Limit[]): Scope[] {
  return scopes.filter((_, index) => limits[index] && limits[index].scope !== 'egress');
}

function nameOf(scope: Limit['scope'], { egress, account, connection }: Call): string {
  if (scope === 'egress') return egress;
  return scope === 'account' ? (account ?? connection) : connection;
}
