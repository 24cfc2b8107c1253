import type { Connection, EntityRecord } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, resolutionOf, type PmsAdapter } from '@roomwire/pms-port';
import type { Log } from '@roomwire/telemetry';
import type { Catalogue } from './catalogue.ts';
import { begun, kindsFrom, owesRetelling, roomOf, stepped, type Found, type Retelling } from './core/retelling.ts';
import type { Figures } from './figures.ts';
import type { Journal } from './journal.ts';
import type { Reads } from './reads.ts';
import { parseRecordName, type RecordStore } from './record-store.ts';

/** `looks`: names looked at in one step. Each costs some 0.1 ms of the process that serves the live lane. */
export type RetellSettings = { inFlight: number; perSecond: number; looks: number };

/** Names looked at at a time. */
const PAGE = 50;

/** `owing`: names of those waited for that owe it still. */
type Step = { next: Retelling; owing: ReadonlySet<string> };
const NONE: ReadonlySet<string> = new Set();

/**
 * Has what was told under an older epoch or an older mapping read again: after a reset nobody else would ask, and a decode that was
 * mended mends nothing that is known already. By level: the connection's epoch and the adapter's mapping are what it should be, KV
 * remembers how far it is. Any replica may make the next step; of two at once one is heard, and their jobs are the same.
 */
export class Retellings {
  constructor(
    private readonly table: KvTable<Retelling>,
    private readonly catalogue: Catalogue,
    private readonly records: RecordStore,
    private readonly reads: Pick<Reads, 'inBackfill'>,
    private readonly journal: Journal,
    private readonly figures: Figures,
    private readonly settings: RetellSettings,
    private readonly log: Log,
    private readonly now: () => number,
  ) {}

  /** @throws {Rewound} @throws {BusError} */
  async sweep(tenant: string): Promise<void> {
    for (const connection of this.catalogue.connections(tenant)) {
      const adapter = adapterOf(connection.provider);
      // What is paused or has lapsed is not read: its jobs would wait, and be of no use.
      if (adapter && connection.status === 'active') await this.take(connection, adapter);
    }
  }

  private async take(connection: Connection, adapter: PmsAdapter): Promise<void> {
    const known = this.table.get(keyOf(connection));
    const target = { epoch: connection.epoch ?? 0, mapping: adapter.mapping };
    const now = this.now();
    if (known && !begun(known, target, now, 0) && (known.done || now < known.notBefore)) return;
    const entry = await this.table.entryFromLeader(keyOf(connection));
    const held = entry?.value;
    const start = begun(held, target, now, pms(adapter).readLagMs);
    const { next, owing } = start ? { next: start, owing: NONE } : await this.step(connection, adapter, held!, now);
    if (next === held) return;
    if (next.done) await this.notice(connection, next);
    if ((await this.table.update(keyOf(connection), next, entry?.seq ?? 0)) === undefined) return;
    this.tell(connection, held, next, owing);
  }

  private async step(connection: Connection, adapter: PmsAdapter, held: Retelling, now: number): Promise<Step> {
    if (held.done || now < held.notBefore) return { next: held, owing: NONE };
    const names = held.waiting.map(({ name }) => name);
    const waited = await this.read(connection.tenant, names);
    const owing = new Set(names.filter((_, index) => this.owes(waited[index], adapter, held)));
    const room = roomOf({ ...held, waiting: held.waiting.filter(({ name }) => owing.has(name)) }, this.settings);
    const scan = await this.scan(connection, adapter, held, room);
    for (const name of scan.asked) {
      const id = `retell:${held.epoch}.${held.mapping}.${held.pass}:${connection.id}`;
      await this.reads.inBackfill(connection.tenant, parseRecordName(name), `retell-${connection.id}`, id);
    }
    return { next: stepped(held, { owing, ...scan }, now), owing };
  }

  /** Looks from the cursor on until as many are found as there is room for. */
  private async scan(
    { tenant, id }: Connection,
    adapter: PmsAdapter,
    held: Retelling,
    room: number,
  ): Promise<Omit<Found, 'owing'>> {
    const asked: string[] = [];
    let unreadable = 0;
    let looked = 0;
    if (!held.at || room === 0) return { asked, unreadable, at: held.at };
    const page = Math.min(PAGE, this.settings.looks);
    for (const { kind, after: from } of kindsFrom(held.at)) {
      for (let after = from; ;) {
        const names = await this.records.names(tenant, kind, { connection: id, after }, page);
        const records = await this.read(tenant, names);
        for (const [index, name] of names.entries()) {
          after = name;
          looked++;
          if (!this.owes(records[index], adapter, held)) continue;
          if (!this.catalogue.isReadable(id, kind)) unreadable++;
          else if (asked.push(name) === room) return { asked, unreadable, at: { kind, after } };
        }
        if (names.length < page) break;
        if (looked >= this.settings.looks) return { asked, unreadable, at: { kind, after } };
      }
    }
    return { asked, unreadable, at: null };
  }

  private owes(record: EntityRecord | undefined, adapter: PmsAdapter, target: Retelling): boolean {
    if (!record) return false;
    const lagMs = resolutionOf(adapter.clocks[record.kind]) + pms(adapter).readLagMs;
    return owesRetelling(record, target, lagMs);
  }

  private async read(tenant: string, names: readonly string[]): Promise<(EntityRecord | undefined)[]> {
    const held = await Promise.all(names.map((name) => this.records.read(tenant, name)));
    return held.map((stored) => stored?.record);
  }

  /** Before `done` is written: told twice at worst, and never not at all. Of a walk that found nothing nobody need hear. */
  private async notice({ tenant, id: connection, provider }: Connection, walk: Retelling): Promise<void> {
    const { epoch, mapping, asked, unanswered, unreadable } = walk;
    if (asked + unreadable === 0) return;
    const said = { connection, provider, epoch, mapping, asked, unanswered, unreadable };
    await this.journal.notice(tenant, 'retold', said);
  }

  private tell(
    { tenant, id, provider }: Connection,
    before: Retelling | undefined,
    after: Retelling,
    owing: ReadonlySet<string>,
  ): void {
    const isNew = before?.epoch !== after.epoch || before.mapping !== after.mapping;
    if (!isNew) this.figures.retold(provider, before, after, owing);
    const { epoch, mapping, pass, asked, unanswered, unreadable } = after;
    // Under its own name a log would take it for a password.
    const facts = { tenant, connection: id, epoch, mapping, round: pass, asked, unanswered, unreadable };
    if (isNew) this.log.info(facts, 'what was told before this epoch and mapping is looked for');
    else if (after.done) this.log.info(facts, 'what was told before this epoch and mapping has been read again');
    else if (before.pass !== after.pass) this.log.info(facts, 'it is looked for once more');
  }
}

const keyOf = ({ id }: Connection): string => `retell.${id}`;
