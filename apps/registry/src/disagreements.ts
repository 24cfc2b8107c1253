import { isGone, KINDS, type Connection, type EventMessage } from '@roomwire/events';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, resolutionOf, type PmsAdapter } from '@roomwire/pms-port';
import type { Log } from '@roomwire/telemetry';
import { allEnded } from './all-ended.ts';
import type { Catalogue } from './catalogue.ts';
import { agreed, confirmAt, isConfirmed, stillStands, weigh, type Evidence, type Rule } from './core/disagreement.ts';
import type { EpochRaiser } from './epoch-raiser.ts';
import type { EvidenceStore } from './evidence-store.ts';
import type { Figures } from './figures.ts';
import type { Journal } from './journal.ts';
import type { Reads } from './reads.ts';
import { parseRecordName, recordName, type RecordStore } from './record-store.ts';
import type { Told } from './teller.ts';

export type EpochSettings = { quorum: number; confirmMs: number };

type Case = { connection: Connection; adapter: PmsAdapter; epoch: number; rule: Rule; event: EventMessage };

/**
 * Finds out that a provider went back in time (restored from a backup; a zone that was set wrong): its by-id reads agree, again and
 * again, on what is older than the record. Then the connection's epoch is raised, and all that it holds is told anew.
 */
export class Disagreements {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly records: RecordStore,
    private readonly catalogue: Catalogue,
    private readonly reads: Reads,
    private readonly raiser: EpochRaiser,
    private readonly journal: Journal,
    private readonly figures: Figures,
    private readonly settings: EpochSettings,
    private readonly log: Log,
  ) {}

  /** Resolves when what follows from the telling is stored. @throws {Rewound} @throws {BusError} */
  async afterTelling({ held }: Pick<Told, 'held'>, event: EventMessage): Promise<void> {
    const { tenant, data: told } = event;
    const found = this.caseOf(event);
    if (!found || !Object.hasOwn(told.facets, 'existence')) return;
    const { connection, epoch, rule } = found;
    const name = recordName(told);
    const before = await this.evidence.of(tenant, connection.id, name);
    const weighed = weigh(before, held, told, epoch, rule);
    if (weighed.kind === 'agrees' && before) await this.evidence.drop(tenant, connection.id, [name]);
    if (weighed.kind === 'disagrees') await this.disagreed(found, name, before, weighed.evidence, weighed.isConfirmed);
  }

  private caseOf(event: EventMessage): Case | undefined {
    const { connection: id, kind } = event.data;
    const connection = this.catalogue.connection(id);
    const adapter = adapterOf(connection?.provider ?? '');
    if (!connection || !adapter || adapter.clocks[kind]?.clock !== 'provider') return undefined;
    if (!adapter.capabilities.reads.includes(kind)) return undefined;
    const { readLagMs } = pms(adapter);
    const confirmMs = Math.max(this.settings.confirmMs, 2 * readLagMs);
    const rule = { resolutionMs: resolutionOf(adapter.clocks[kind]), readLagMs, confirmMs };
    return { connection, adapter, epoch: connection.epoch ?? 0, rule, event };
  }

  private async disagreed(
    found: Case,
    name: string,
    before: Evidence | undefined,
    evidence: Evidence,
    confirmed: boolean,
  ): Promise<void> {
    const { event, connection, rule } = found;
    const { tenant, data, provider } = event;
    await this.evidence.keep(tenant, connection.id, name, evidence);
    const isFirst = evidence.firstAt === evidence.lastAt;
    this.figures.disagreed(provider, confirmed ? 'confirmed' : isFirst ? 'first' : 'again');
    if (!confirmed) return this.reads.afterDisagreement(data, event, confirmAt(evidence, rule, Date.parse(event.receivedat)));
    if (await this.judge(found, evidence.lastAt)) return;
    // Nobody else would say that the record is wrong and stays so: it is one entity's matter, or too soon after the last raise.
    const isNew = !before || before.says !== evidence.says || !isConfirmed(before, rule.confirmMs);
    if (isNew) await this.journal.notice(tenant, 'reads-disagree', { connection: connection.id, provider, record: name });
  }

  /** True: the connection's epoch is no more what the evidence is of. */
  private async judge({ connection, adapter, epoch, rule, event }: Case, now: number): Promise<boolean> {
    const { tenant, provider } = event;
    const { id } = connection;
    if (this.raiser.isTooSoon(id)) return false;
    const terms = { epoch, quorum: this.settings.quorum, confirmMs: rule.confirmMs, now };
    const comparable = await this.comparable(tenant, id, adapter);
    const names = agreed(await this.standing(tenant, id), { ...terms, comparable });
    if (!names) return false;
    const next = await this.raiser.raise(tenant, id, epoch, names);
    if (next === undefined) return (this.catalogue.connection(id)?.epoch ?? 0) > epoch;
    this.figures.epochRaised(provider);
    this.log.warn({ tenant, connection: id, epoch: next, records: names }, 'reads agree against the record: epoch raised');
    await this.journal.notice(tenant, 'epoch-raised', { connection: id, provider, epoch: next, records: names });
    // All else is asked for by the walk that the new epoch owes; these come first, and like all of it when no reader can be behind.
    const dueAt = Date.parse(event.receivedat) + rule.readLagMs;
    await allEnded(names.map((name) => this.reads.afterDisagreement(parseRecordName(name), event, dueAt)));
    await this.evidence.drop(tenant, id, names);
    return true;
  }

  /** Evidence of records that nobody has told anything newer of since. */
  private async standing(tenant: string, connection: string): Promise<Map<string, Evidence>> {
    const all = [...(await this.evidence.all(tenant, connection))];
    const held = await Promise.all(all.map(([name]) => this.records.read(tenant, name)));
    return new Map(all.filter(([, each], index) => stillStands(each, held[index]?.record)));
  }

  /** How many of the connection's entities a read could contradict; the quorum stands for any number above it. */
  private async comparable(tenant: string, connection: string, adapter: PmsAdapter): Promise<number> {
    const { quorum } = this.settings;
    const kinds = KINDS.filter((kind) => adapter.clocks[kind]?.clock === 'provider' && adapter.capabilities.reads.includes(kind));
    const names = (await Promise.all(kinds.map((kind) => this.records.names(tenant, kind, { connection }, quorum)))).flat();
    if (names.length >= quorum) return quorum;
    const held = await Promise.all(names.map((name) => this.records.read(tenant, name)));
    return held.filter((stored) => stored && !isGone(stored.record)).length;
  }
}
