import { encodeToken } from '@roomwire/events';
import type { Limit } from './adapter.ts';

/** Whose call it is. `egress`: what the provider counts addresses by; everything that leaves through one of them shares a bucket. */
export type Caller = { provider: string; connection: string; account: string | null; egress: string };

/** Like libs/rate's `Scope`. */
export type LimitScope = { key: string; limit: number; windowMs: number; lasting: true; told: boolean; costs?: number };

/** A provider's limits as the buckets that one call of theirs occupies. */
export function limitScopes(limits: readonly Limit[], caller: Caller): LimitScope[] {
  const told = toldOf(limits);
  return limits.map((each) => ({
    key: encodeToken([caller.provider, each.scope, nameOf(each.scope, caller)].join('/')),
    ...{ limit: each.limit, windowMs: each.windowMs, lasting: true as const, told: each === told },
    ...(each.unit === 'credits' ? { costs: each.dearest ?? each.limit / 50 } : {}),
  }));
}

/** Those that a provider's "too many" is about, as far as one can tell: an account must not be able to stop its neighbours. */
export function blockedBy<Scope>(scopes: readonly Scope[], limits: readonly Limit[]): Scope[] {
  return scopes.filter((_, index) => limits[index] && limits[index].scope !== 'egress');
}

/** The one that answers' headers speak of: credits have no other voice, and nobody tells of addresses. */
function toldOf(limits: readonly Limit[]): Limit | undefined {
  return limits.find(({ unit }) => unit === 'credits') ?? limits.find(({ scope }) => scope !== 'egress');
}

function nameOf(scope: Limit['scope'], { egress, account, connection }: Caller): string {
  if (scope === 'egress') return egress;
  return scope === 'account' ? (account ?? connection) : connection;
}
