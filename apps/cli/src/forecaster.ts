import { connection as connectionSchema, recordChange, subjectOf, type Connection, type EntityRecord } from '@roomwire/events';
import { Bus, KvTable, streamOf, type DeadLetter, type NatsConnection } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms } from '@roomwire/pms-port';
import { parseSubject } from '@roomwire/events';
import { forecastOf, foreseen, isOldRead, rereadsOf, understood, type Foreseen, type Understood } from './core/forecast.ts';
import type { Fated } from './core/fate.ts';
import type { FetchJob } from '@roomwire/events';
import type { Terminal } from './terminal.ts';

export type Forecast = Fated & { what: Understood; parts: Foreseen[]; rereads: FetchJob[] | undefined };

/** What would come of letters now: the services' own functions, beside what STATE holds. Nothing is written. */
export class Forecaster {
  private readonly bus: Bus;

  private constructor(
    nc: NatsConnection,
    private readonly connections: KvTable<Connection>,
    private readonly terminal: Terminal,
  ) {
    this.bus = new Bus(nc);
  }

  static async open(nc: NatsConnection, terminal: Terminal): Promise<Forecaster> {
    return new Forecaster(nc, await KvTable.open(nc, 'connections', connectionSchema), terminal);
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** `after`: what letters before this one would have made of the records, by name; this one adds its own. */
  async of(letter: DeadLetter, after = new Map<string, EntityRecord>()): Promise<Forecast> {
    const connection = this.connections.get(this.connectionIn(letter));
    const adapter = connection && adapterOf(connection.provider);
    const what = understood(letter, connection, adapter && pms(adapter));
    const parts: Foreseen[] = [];
    for (const telling of what.tellings) {
      const name = [letter.tenant, telling.kind, telling.connection, telling.entity].join('/');
      const part = foreseen(telling, after.get(name) ?? (await this.held(letter.tenant, telling)));
      after.set(name, part.record);
      parts.push(part);
    }
    if (!connection || !isOldRead(letter, this.terminal.now()))
      return { ...forecastOf(what, parts), what, parts, rereads: undefined };
    const readable: readonly string[] = adapter?.capabilities.reads ?? [];
    const rereads = rereadsOf(letter, connection, what, this.terminal.now()).filter(({ kind }) => readable.includes(kind));
    const fated: Fated =
      rereads.length > 0
        ? { fate: 'reread', detail: `older than a day: ${rereads.length} reads instead` }
        : { fate: 'kept', detail: `older than a day, and names nothing to read: roomwire connection backfill ${connection.id}` };
    return { ...fated, what, parts, rereads };
  }

  /** Of letters of earlier releases the header is missing. */
  private connectionIn({ connection, origin }: DeadLetter): string {
    const subject = parseSubject(origin.subject);
    return connection || (subject && 'connection' in subject ? subject.connection : '');
  }

  private async held(tenant: string, { kind, connection, entity }: EntityRecord): Promise<EntityRecord | undefined> {
    const subject = subjectOf({ tenant, family: 'change', kind, scope: connection, entity });
    const last = await this.bus.lastOnLeader(streamOf('STATE', tenant), subject);
    if (!last) return undefined;
    return recordChange.parse(JSON.parse(new TextDecoder().decode(last.data))).data.record as EntityRecord;
  }
}
