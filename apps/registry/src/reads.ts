import {
  contentHash,
  fetchSubject,
  HEADER,
  type AnsweredHint,
  type Cause,
  type ConflictState,
  type EntityRecord,
  type EventMessage,
  type FetchJob,
  type FetchLane,
  type FetchReason,
} from '@roomwire/events';
import { publishIfNone, publishLater, type Bus, type Ledger } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, READ_LAG_MS, resolutionOf } from '@roomwire/pms-port';
import { allEnded } from './all-ended.ts';
import type { Catalogue } from './catalogue.ts';
import { checkedFromMs, recordsBehind } from './core/conflict.ts';
import type { UncertainCalendar } from './core/contested.ts';
import { readOfHint, readsOfTies, type OwedRead, type Readable } from './core/owed-reads.ts';
import { isShelf } from './core/shelf.ts';
import { recordName, type RecordName } from './record-store.ts';

/** What a read is asked for because of: it carries its receipt, its trace and the instant at which its bytes arrived. */
type Because = Pick<Cause, 'tenant' | 'lane' | 'receivedAt' | 'traceparent'> & { receipt: string };

/** Asks for the reads that the registry finds owing. All of it is stored when the promise resolves. @throws {BusError} */
export class Reads {
  constructor(
    private readonly bus: Bus,
    private readonly ledger: Ledger,
    private readonly catalogue: Pick<Catalogue, 'connection'>,
  ) {}

  /** A house met for the first time: its zone and hours turn dates into instants. Of a page's hundred houses no webhook waits for one. */
  async ofProperty({ connection, entity }: RecordName, event: EventMessage): Promise<void> {
    const name: RecordName = { kind: 'property', connection, entity };
    if (!this.readable(name)) return;
    const lane = event.lane === 'live' ? 'live' : 'poll';
    await this.send(jobOf(this.provider(connection)!, name, lane, 'unknown-property', becauseOf(event)), {
      id: `fetch:${event.receipt}:property:${entity}`,
    });
  }

  /** What a telling leaves owing. `held`: the record before it; `record`: after it. */
  async afterTelling(
    { held, record }: { held: EntityRecord | undefined; record: EntityRecord | undefined },
    event: EventMessage,
    hint: AnsweredHint | undefined,
  ): Promise<void> {
    const { data: told } = event;
    const isHinted = hint?.kind === told.kind && hint.entity === told.entity;
    const because = becauseOf(event);
    const heardAt = Date.parse(event.receivedat);
    const readable = this.readable(told);
    if (!readable || !record) return;
    const follow = isHinted ? readOfHint(held, told, hint, heardAt, readable) : undefined;
    const owed = [...readsOfTies(record, told, heardAt, readable), ...(follow ? [follow] : [])];
    await allEnded(owed.map((read) => this.ask(told, read, because, event.id)));
  }

  /** A record that two memories made ambiguous when they were joined: no telling was there to ask. */
  async afterJoin(record: EntityRecord, cause: Cause): Promise<void> {
    const readable = this.readable(record);
    if (!readable) return;
    const owed = readsOfTies(record, { ...record, facets: {} }, Date.parse(cause.receivedAt), readable);
    // A rebuild asks for every record: what names the reads costs more than all the rest, and hardly any owes one.
    if (owed.length === 0) return;
    const joined = `joined-${contentHash(record).slice(0, 40)}`;
    const because = { ...cause, receipt: cause.receipt ?? joined };
    await allEnded(owed.map((read) => this.ask(record, read, because, joined)));
  }

  /**
   * What contradicts itself is read again before anybody is bothered with it. In the lane of webhooks only where one brought a room's, or
   * somebody waits: what is found beside the path may be hundreds at once, and a webhook's read would wait behind them.
   */
  async ofConflict(conflict: ConflictState, cause: Cause): Promise<void> {
    const { id } = conflict;
    const isUrgent = conflict.reread !== undefined || (cause.lane === 'live' && !isShelf(conflict.place));
    const since = new Date(checkedFromMs(conflict)).toISOString();
    const because = { ...cause, receivedAt: since, receipt: cause.receipt ?? `conflict-${id}` };
    const jobs = recordsBehind(conflict)
      .filter((name) => this.readable(name))
      .map((name) => jobOf(this.provider(name.connection)!, name, isUrgent ? 'live' : 'poll', 'conflict', because));
    await allEnded(jobs.map((job) => this.sendUnlessAsked(job, `fetch:${id}:${since}:${job.connection}:${job.entity}`)));
  }

  /** A calendar that was observed too early to be believed. */
  async ofCalendar({ connection, entity, dueAt }: UncertainCalendar, cause: Cause): Promise<void> {
    const name: RecordName = { kind: 'availability', connection, entity };
    if (!this.readable(name)) return;
    const because = { ...cause, receipt: cause.receipt ?? `calendar-${contentHash([recordName(name), dueAt]).slice(0, 40)}` };
    await this.ask(name, { reason: 'conflict', dueAt }, because, entity);
  }

  /** How far the provider's reads may be behind, ms. */
  lagOf(connection: string): number {
    const adapter = adapterOf(this.provider(connection) ?? '');
    return adapter ? pms(adapter).readLagMs : READ_LAG_MS;
  }

  /** A read said what is older than the record: another one, at `dueAt` (epoch ms). */
  async afterDisagreement(name: RecordName, event: EventMessage, dueAt: number): Promise<void> {
    await this.ask(name, { reason: 'epoch', dueAt }, becauseOf(event), event.id);
  }

  /** In the lowest lane, where no read waits that anybody needs soon. `id`: asked for once under it, for each name. */
  async inBackfill(tenant: string, name: RecordName, receipt: string, id: string): Promise<void> {
    const because: Because = { tenant, lane: 'bulk', receivedAt: new Date().toISOString(), receipt };
    const job = jobOf(this.provider(name.connection)!, name, 'backfill', 'retell', because);
    await this.sendUnlessAsked(job, `${id}:${contentHash(recordName(name)).slice(0, 40)}`);
  }

  /** Undefined: nothing can read that. */
  private readable({ kind, connection }: Pick<RecordName, 'kind' | 'connection'>): Readable | undefined {
    const adapter = adapterOf(this.provider(connection) ?? '');
    if (!adapter?.capabilities.reads.includes(kind)) return undefined;
    return { resolutionMs: resolutionOf(adapter.clocks[kind]), readLagMs: pms(adapter).readLagMs };
  }

  private provider(connection: string): FetchJob['provider'] | undefined {
    return this.catalogue.connection(connection)?.provider;
  }

  private async ask(name: RecordName, { reason, dueAt }: OwedRead, because: Because, told: string): Promise<void> {
    const provider = this.provider(name.connection)!;
    if (dueAt === undefined) {
      const job = jobOf(provider, name, because.lane === 'live' ? 'live' : 'poll', reason, because);
      return this.sendUnlessAsked(job, `fetch:${told}:${reason}`);
    }
    // In the lane of polls, where no webhook's job is: on the subject of a hint's it would take the hint's place, and with it the
    // read that a hint may be owed after.
    const job = jobOf(provider, name, 'poll', reason, because);
    // Named by what is due and when, so that a record which is told again and again under one stamp is not read as often.
    const id = contentHash([reason, recordName(name), dueAt]).slice(0, 40);
    const { tenant } = job;
    // That consumer's loop is the one that publishes it in time.
    const stage = `fetch-${provider}-${job.lane}`;
    const postponed = { tenant, stage, id, subject: fetchSubject(job), body: job, headers: headersOf(job) };
    await publishLater(this.bus, this.ledger, postponed, dueAt);
  }

  /** A job that is there already is the read at once: where it is in hand and too early, the one that is owed later makes up for it. */
  private async sendUnlessAsked(job: FetchJob, id: string): Promise<void> {
    await publishIfNone(this.bus, fetchSubject(job), job, { id, headers: headersOf(job) });
  }

  private async send(job: FetchJob, options: { id: string }): Promise<void> {
    await this.bus.publish(fetchSubject(job), job, { ...options, headers: headersOf(job) });
  }
}

function jobOf(
  provider: FetchJob['provider'],
  { kind, connection, entity }: RecordName,
  lane: FetchLane,
  reason: FetchReason,
  { tenant, receivedAt, receipt, traceparent }: Because,
): FetchJob {
  return {
    ...{ tenant, provider, connection, kind, entity, lane, reason, hintAt: receivedAt, receipt },
    ...(traceparent ? { traceparent } : {}),
  };
}

function becauseOf({ tenant, lane, receivedat, receipt, traceparent }: EventMessage): Because {
  return { tenant, lane, receivedAt: receivedat, receipt, ...(traceparent ? { traceparent } : {}) };
}

function headersOf({ receipt, traceparent }: FetchJob): Record<string, string> {
  return { [HEADER.receipt]: receipt, ...(traceparent ? { [HEADER.traceparent]: traceparent } : {}) };
}
