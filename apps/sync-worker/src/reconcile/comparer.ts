import {
  compareJob,
  reconcilingKey,
  type CompareJob,
  type Connection,
  type EntityRecord,
  type Reconciling,
} from '@roomwire/events';
import { done, drop, type Bus, type Delivery, type KvTable, type Verdict } from '@roomwire/jetstream';
import { PmsError, type PageEnd, type PageJob, type Pms } from '@roomwire/pms-port';
import { randomUUID } from 'node:crypto';
import { announced } from '../announced.ts';
import { contextOf, type ReadAnswer } from '../core/raw.ts';
import type { Figures } from '../figures.ts';
import { jobIn } from '../job.ts';
import { storePage } from '../page-store.ts';
import { idOf, partyOf, verdictOf, type Connections } from '../party.ts';
import { pagePlan } from '../plan.ts';
import type { Reader } from '../reader.ts';
import { stepMsOf } from './core/budget.ts';
import { differenceOf } from './core/difference.ts';
import { advanced, isPresent, leftOut, type Found } from './core/pass.ts';
import { isOutside, isTracked } from './core/scope.ts';
import { markOf } from './core/seen.ts';
import type { SeenPages } from './seen-pages.ts';

export type ComparerParts = {
  bus: Pick<Bus, 'publish' | 'lastOnLeader'>;
  connections: Connections;
  reconcilings: Pick<KvTable<Reconciling>, 'entryFromLeader' | 'update'>;
  seen: Pick<SeenPages, 'put'>;
  reader: Pick<Reader, 'read'>;
  /** Of each of the provider's limits, what comparing may use of it. */
  share: number;
  now: () => number;
  figures: Pick<Figures, 'reconciling'>;
};

type Held = { standing: Reconciling; seq: number };
type Step = { delivery: Delivery; job: CompareJob; held: Held; page: PageJob; connection: Connection; provider: Pms };
type Read = { end: PageEnd; tellings: EntityRecord[]; hasRejects: boolean };

/**
 * One page of a list, compared with what is announced. Where it says nothing else nothing is stored and nothing told. The order is what
 * counts after a kill -9: what differs is stored, then what was seen, then the pass advances (compare-and-set, so that one worker alone
 * takes each step). In between the job comes again, and is read again.
 */
export class Comparer {
  constructor(private readonly parts: ComparerParts) {}

  async handle(delivery: Delivery): Promise<Verdict> {
    const asked = jobIn(delivery, compareJob, ({ provider, connection, list, lane, pass, page }) => ({
      ...{ provider, connection, list, lane, pass, page },
    }));
    return 'kind' in asked ? asked : this.perform(delivery, asked.job);
  }

  private async perform(delivery: Delivery, job: CompareJob): Promise<Verdict> {
    const party = await partyOf(this.parts.connections, job);
    if ('kind' in party) return party;
    const entry = await this.parts.reconcilings.entryFromLeader(reconcilingKey(job.connection));
    if (!entry?.value || !isPresent(entry.value, job)) return drop('another-pass');
    const held = { standing: entry.value, seq: entry.seq };
    const { connection, provider } = party;
    const page = pageOf(entry.value);
    const step = { delivery, job, held, page, connection, provider };
    const plan = pagePlan(page, connection, provider);
    if ('kind' in plan) return this.leaveOut(step, plan.reason);
    const outcome = await this.parts.reader.read({ ...job, id: idOf(delivery), entity: job.list }, connection, provider, plan);
    if (outcome.kind === 'answer') return this.take(step, outcome.answer);
    const { decision } = outcome;
    return decision.kind === 'reject' ? this.leaveOut(step, decision.reason) : verdictOf(decision, connection);
  }

  private async take(step: Step, answer: ReadAnswer): Promise<Verdict> {
    const { delivery, job, connection, provider, held } = step;
    const context = contextOf(provider.listing(job.list)!.kinds[0]!, answer, `read-${randomUUID()}`);
    const read = this.understood(step, answer, context);
    if ('problem' in read) return this.leaveOut(step, read.problem);
    const found = await this.compared(step, read.tellings, answer);
    const wanted = found.filter(({ difference }) => difference.why === 'missing' || difference.why === 'changed');
    if (wanted.length > 0) await storePage(this.parts.bus, { delivery, job, answer, context }, this.parts.now());
    const tracked = read.tellings.filter(({ kind }) => isTracked(kind, provider.adapter.capabilities.reads));
    const marks = tracked.map(({ kind, entity }) => markOf(kind, entity)).join('');
    await this.parts.seen.put(connection.id, job.page, { pass: job.pass, marks });
    const { end, hasRejects } = read;
    const compared = { next: end.next, items: end.items, found, hasRejects };
    const next = advanced(held.standing, compared, listsOf(provider), this.pace(provider));
    delivery.note({ items: end.items, differ: found.length });
    return this.keep(step, next, found);
  }

  private understood(
    { page, connection, provider }: Step,
    { bytes }: ReadAnswer,
    context: ReturnType<typeof contextOf>,
  ): Read | { problem: string } {
    try {
      const end = provider.pageEnd(page, bytes);
      const { tenant, account, unsaid, id } = connection;
      const { tellings, rejects } = provider.decode({ tenant, account, unsaid, connection: id, body: bytes, context });
      return { end, tellings, hasRejects: rejects.length > 0 };
    } catch (error) {
      if (!(error instanceof PmsError)) throw error;
      return { problem: error.code };
    }
  }

  private async compared({ job, connection, provider, page }: Step, tellings: readonly EntityRecord[], answer: ReadAnswer) {
    const { reads } = provider.adapter.capabilities;
    const terms = { epoch: connection.epoch ?? 0, observedMs: answer.observedAt / 1_000, lagMs: provider.readLagMs };
    const within = tellings.filter((telling) => !isOutside(telling, page.nights));
    const found = await Promise.all(
      within.map(async (telling): Promise<Found[]> => {
        const { kind, entity } = telling;
        const held = await announced(this.parts.bus, { tenant: job.tenant, connection: connection.id, kind, entity });
        const difference = differenceOf(telling, held, terms);
        // Only reads by id can say that a provider went back in time.
        const isIdle = difference?.why === 'older' && !reads.includes(kind);
        return difference && !isIdle ? [{ kind, entity, difference }] : [];
      }),
    );
    return found.flat();
  }

  /** A list that cannot be read is read by the polls, whose dead letter tells why: here it only says nothing. */
  private leaveOut(step: Step, reason: string): Promise<Verdict> {
    step.delivery.note({ unread: reason });
    return this.keep(step, leftOut(step.held.standing, listsOf(step.provider), this.pace(step.provider)), []);
  }

  private async keep({ held, connection }: Step, next: Reconciling, found: readonly Found[]): Promise<Verdict> {
    const { reconcilings, figures } = this.parts;
    if ((await reconcilings.update(reconcilingKey(connection.id), next, held.seq)) === undefined) return drop('another-worker');
    figures.reconciling.called(connection);
    figures.reconciling.found(connection, found);
    return done;
  }

  private pace({ adapter }: Pms): { now: number; stepMs: number } {
    return { now: this.parts.now(), stepMs: stepMsOf(adapter.limits, this.parts.share) };
  }
}

function listsOf({ adapter }: Pms): string[] {
  return adapter.listings!.lists.map(({ name }) => name);
}

/** Everything, and not what was changed since: what changed and was not told is what is looked for. */
function pageOf({ pass }: Reconciling): PageJob {
  const { list, nights, cursor, startedAt } = pass!;
  return { list: list!, since: null, nights, cursor, startedAt };
}
