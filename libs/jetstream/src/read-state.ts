import type { NatsConnection } from '@nats-io/nats-core';
import { jetstreamManager } from '@nats-io/jetstream';
import { filterOf } from '@roomwire/events';
import { busErrorOf } from './bus.ts';
import { follow, type Follower, type Following } from './follow.ts';
import { Link } from './link.ts';
import { streamOf } from './topology.ts';

const ASK_MS_MAX = 5_000;

/** A tenant's announced state: what is (the last of every subject), then what changes. Or only what came after a sequence. */
export function readState(nc: NatsConnection, tenant: string, following: Following, after = 0): Follower {
  return follow(nc, streamOf('STATE', tenant), filterOf(tenant, 'change'), following, after || undefined);
}

/** How much there is of it: the sequence of the last message, and the number of subjects. @throws {BusError} */
export async function stateOf(nc: NatsConnection, tenant: string): Promise<{ lastSeq: number; subjects: number }> {
  try {
    const manager = await jetstreamManager(nc, { checkAPI: false });
    const { state } = await Link.of(nc).ask(() => manager.streams.info(streamOf('STATE', tenant)), ASK_MS_MAX);
    return { lastSeq: state.last_seq, subjects: state.num_subjects ?? 0 };
  } catch (error) {
    throw busErrorOf(error);
  }
}
