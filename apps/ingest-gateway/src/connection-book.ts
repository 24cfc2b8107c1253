import { connectionId, type Connection } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';

/** Reads of the leader at a time: guessed addresses must not become a load on the broker. */
const LEADER_READS_MAX = 32;

export class TooManyReads extends Error {
  override readonly name = 'TooManyReads';
}

/** Which connection an address means. Absent only when the catalogue's leader says so: a watch may be behind. */
export class ConnectionBook {
  private readonly reading = new Map<string, Promise<Connection | undefined>>();

  constructor(private readonly table: Pick<KvTable<Connection>, 'get' | 'fromLeader'>) {}

  /** @throws {BusError} `unavailable` when the leader does not answer. @throws {TooManyReads} */
  async find(provider: string, id: string): Promise<Connection | undefined> {
    // No such id can ever have been given out.
    if (!connectionId.safeParse(id).success) return undefined;
    const known = this.table.get(id);
    if (known?.provider === provider) return known;
    const told = await this.fromLeader(id);
    return told?.provider === provider ? told : undefined;
  }

  private fromLeader(id: string): Promise<Connection | undefined> {
    const under = this.reading.get(id);
    if (under) return under;
    if (this.reading.size >= LEADER_READS_MAX) return Promise.reject(new TooManyReads('too many unknown connections at a time'));
    const read = this.table.fromLeader(id).finally(() => this.reading.delete(id));
    this.reading.set(id, read);
    return read;
  }
}
