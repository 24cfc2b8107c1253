import type { Connection, Tenant } from '@roomwire/events';
import { BusError, type KvTable } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';

const TICK_MS = 1_000;

/** Does something every second, one after the other, and lets what is under way end before it stops. */
export abstract class Ticking {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  abstract look(): Promise<void>;

  start(): this {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, TICK_MS);
    return this;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }
}

export type ActiveParts = {
  tenants: Pick<KvTable<Tenant>, 'get'>;
  connections: Pick<KvTable<Connection>, 'entries'>;
  log: Log;
};

/** Active, of active tenants. */
export function* activeOf({ tenants, connections }: Pick<ActiveParts, 'tenants' | 'connections'>): Generator<Connection> {
  for (const [, connection] of [...connections.entries()])
    if (connection.status === 'active' && tenants.get(connection.tenant)?.status === 'active') yield connection;
}

/** Once over the active connections. The broker away: another time. `what`: of whose looks the log speaks. */
export async function eachActive(
  parts: ActiveParts,
  what: string,
  look: (connection: Connection) => Promise<void>,
): Promise<void> {
  for (const connection of activeOf(parts)) {
    try {
      await look(connection);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      parts.log.warn({ connection: connection.id, reason: error.code }, `${what}: not now`);
      return;
    }
  }
}
