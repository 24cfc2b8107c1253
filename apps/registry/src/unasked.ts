import type { Cause } from '@roomwire/events';

/** What brings about what nobody told: the clock, the catalogue, a connection's status. `receivedAt` is now. */
export function unasked(tenant: string, provider: Cause['provider'] = 'internal', lane: Cause['lane'] = 'live'): Cause {
  return { tenant, provider, lane, receivedAt: new Date().toISOString() };
}
