import type { Connection, ProviderId } from '@roomwire/events';
import { BusError, defer, park, reject, type Bus, type Delivery, type Verdict } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, type Pms } from '@roomwire/pms-port';
import { PARKED_MS, type Decision } from './core/after.ts';

export type Connections = { get(id: string): Connection | undefined; fromLeader(id: string): Promise<Connection | undefined> };
export type Party = { connection: Connection; provider: Pms };
type Named = { tenant: string; provider: ProviderId; connection: string };

const BUS_AWAY_MS = 1_000;

/** Whom a job is to be done for, or why it is not done now. */
export async function partyOf(connections: Connections, { tenant, provider, connection: id }: Named): Promise<Party | Verdict> {
  // What the watch does not know the leader may: unknown is not absent.
  const connection = connections.get(id) ?? (await connections.fromLeader(id));
  if (!connection) return reject('unknown-connection');
  if (connection.tenant !== tenant || connection.provider !== provider)
    return reject('wrong-connection', 'it is another tenant’s or provider’s');
  // What has lapsed the vault decides: it tries again from time to time, and only if somebody asks.
  if (connection.status === 'paused') return park('connection-paused', PARKED_MS, connection.id);
  const adapter = adapterOf(provider);
  return adapter ? { connection, provider: pms(adapter) } : reject('no-adapter');
}

/** Of a connection: what is parked is swept back when that is active. */
export function verdictOf(decision: Decision, { id }: Connection): Verdict {
  if (decision.kind !== 'defer' || !decision.parked) return decision;
  return park(decision.reason, decision.afterMs, id);
}

/** Names a job for good, over redeliveries. */
export function idOf({ stream, seq }: Delivery): string {
  return `${stream}:${seq}`;
}

/**
 * A newer job has taken its place in the stream, and what this one asks for that one will read, later: of a burst of hints those count
 * that are under way, and the last. Pulled ahead or waiting for its turn, a job does not hear of that by itself.
 */
export async function isOutdated(bus: Pick<Bus, 'message'>, { stream, seq }: Delivery): Promise<boolean> {
  return (await bus.message(stream, seq)) === undefined;
}

/** The broker away is nobody's fault and no attempt. */
export async function unlessAway(handle: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await handle();
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    return error.code === 'invalid' ? reject('unpublishable', error.message) : defer(`nats-${error.code}`, BUS_AWAY_MS);
  }
}
