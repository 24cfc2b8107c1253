import type { NatsConnection } from '@nats-io/nats-core';
import { filterOf } from '@roomwire/events';
import { follow, type Follower, type Following } from './follow.ts';
import { streamOf } from './topology.ts';

/** A tenant's announced state: what is (the last of every subject), then what changes. */
export function readState(nc: NatsConnection, tenant: string, following: Following): Follower {
  return follow(nc, streamOf('STATE', tenant), filterOf(tenant, 'change'), following);
}
