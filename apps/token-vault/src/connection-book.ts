import type { Connection } from '@roomwire/events';
import { BusError, type KvTable } from '@roomwire/jetstream';

/** Where everybody else reads what has become of a connection: rooms say it, screens show it. */
export interface ConnectionBook {
  /** Repeated, it changes nothing. A connection that a person paused stays so. */
  credentialsAre(connection: string, state: 'active' | 'lapsed'): Promise<void>;
}

const ROUNDS_MAX = 8;

/** The status of the connection's entry (KV `connections`), by compare-and-set: an operator may write it at the same time. */
export class KvConnectionBook implements ConnectionBook {
  constructor(private readonly table: Pick<KvTable<Connection>, 'entryFromLeader' | 'update'>) {}

  async credentialsAre(connection: string, state: 'active' | 'lapsed'): Promise<void> {
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      const entry = await this.table.entryFromLeader(connection);
      // It was taken away, or a newer release wrote it: then that one sees to it.
      if (!entry?.value || entry.value.status === 'paused' || entry.value.status === state) return;
      if ((await this.table.update(connection, { ...entry.value, status: state }, entry.seq)) !== undefined) return;
    }
    throw new BusError('conflict', `connection ${connection} is written by others all the time`);
  }
}
