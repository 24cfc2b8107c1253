import { encodeToken } from '@roomwire/events';
import type { Limit } from '@roomwire/pms-port';
import type { Scope } from '@roomwire/rate';

export type Call = {
  provider: string;
  connection: string;
  account: string | null;
  /** What the provider counts addresses by: everything that leaves through one of them shares a bucket. */
  egress: string;
  kind: string;
  entity: string;
};

/**
 * The provider's limits, and one of our own: one read of an entity at a time in the fleet, or one of all
 * entities of a kind where one call reads many. Two that overlap could be answered in the
 * other order than they were granted, and the older content would bear the newer `observedAt`.
 */
export function scopesOf(limits: readonly Limit[], call: Call): Scope[] {
  const { provider, connection, kind, entity } = call;
  const told = toldOf(limits);
  const provided = limits.map((each) => ({
    key: encodeToken([provider, each.scope, nameOf(each.scope, call)].join('/')),
    ...{ limit: each.limit, windowMs: each.windowMs, lasting: true, told: each === told },
    ...(each.unit === 'credits' ? { costs: each.dearest ?? each.limit / 50 } : {}),
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

/** The one that answers' headers speak of: credits have no other voice, and nobody tells of addresses. */
function toldOf(limits: readonly Limit[]): Limit | undefined {
  return limits.find(({ unit }) => unit === 'credits') ?? limits.find(({ scope }) => scope !== 'egress');
}

function nameOf(scope: Limit['scope'], { egress, account, connection }: Call): string {
  if (scope === 'egress') return egress;
  return scope === 'account' ? (account ?? connection) : connection;
}
