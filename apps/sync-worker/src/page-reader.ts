import {
  type Connection,
  type Drain,
  drainKey,
  HEADER,
  headersOfRaw,
  type OutcomeMessage,
  type PageJob,
  pageJob,
  parseHops,
  subjectOf,
  withHop,
} from '@roomwire/events';
import { done, drop, reject, type Bus, type Delivery, type KvTable, type Verdict } from '@roomwire/jetstream';
import { PmsError, type PageJob as PageOfList, type Pms } from '@roomwire/pms-port';
import { traceId, traceparentOf } from '@roomwire/telemetry';
import { randomUUID } from 'node:crypto';
import { readsOfTypes } from './core/unit-types.ts';
import { dueAfter, nextEveryMs, paceOf, type Pace } from './core/cadence.ts';
import { advanced, failed, foundNews, jobOf, standingOf, type PageRead } from './core/drain.ts';
import { marked } from './core/mark.ts';
import { contextOf, hopsOf, type ReadAnswer } from './core/raw.ts';
import type { Figures } from './figures.ts';
import { idOf, partyOf, verdictOf, type Connections } from './party.ts';
import { pagePlan, refused, withoutDoubles, type Refusal } from './plan.ts';
import type { Reader } from './reader.ts';

export type PageReaderParts = {
  bus: Pick<Bus, 'publish'>;
  connections: Connections;
  drains: Pick<KvTable<Drain>, 'entryFromLeader' | 'update'>;
  reader: Pick<Reader, 'read'>;
  pace: Pace;
  now: () => number;
  random: () => number;
  figures: Pick<Figures, 'page'>;
};

type Held = { drain: Drain; seq: number };
/** A page in hand, and all that is known of it. */
type Step = { delivery: Delivery; job: PageJob; held: Held; page: PageOfList; connection: Connection; provider: Pms };
type ReadContext = ReturnType<typeof contextOf>;

/**
 * One page of a list. The order is what counts after a kill -9: its answer is stored, then the round advances (compare-and-set, so that
 * one worker alone takes each step), then the next page is asked for. In between the job comes again, and goes on from where KV says.
 */
export class PageReader {
  constructor(private readonly parts: PageReaderParts) {}

  async handle(delivery: Delivery): Promise<Verdict> {
    const parsed = pageJob.safeParse(delivery.json());
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      return reject('schema', issue.message, `/${issue.path.join('/')}`);
    }
    const job = parsed.data;
    const { provider, connection, list, lane, round, page } = job;
    delivery.note({ provider, connection, list, lane, round, page });
    if (delivery.tenant !== job.tenant || !isSubjectOf(delivery, job))
      return reject('wrong-subject', 'the body names another page than the subject');
    return this.perform(delivery, job);
  }

  private async perform(delivery: Delivery, job: PageJob): Promise<Verdict> {
    const party = await partyOf(this.parts.connections, job);
    if ('kind' in party) return party;
    const held = await this.held(job);
    const standing = standingOf(held?.drain, job);
    if (!held || standing === 'other') return drop('another-round');
    if (standing === 'past') return this.goOn(held.drain);
    const { connection, provider } = party;
    const page = pageOf(held.drain);
    const plan = pagePlan(page, connection, provider);
    if ('kind' in plan) return this.giveUp(held, plan);
    const asked = { ...job, id: idOf(delivery), entity: job.list };
    const outcome = await this.parts.reader.read(asked, connection, provider, plan);
    if (outcome.kind === 'answer') return this.take({ delivery, job, held, page, connection, provider }, outcome.answer);
    const { decision } = outcome;
    return decision.kind === 'reject' ? this.giveUp(held, decision) : verdictOf(decision, connection);
  }

  private async take(step: Step, answer: ReadAnswer): Promise<Verdict> {
    const { job, held, page, connection, provider } = step;
    let end;
    try {
      end = provider.pageEnd(page, answer.bytes);
    } catch (error) {
      if (!(error instanceof PmsError)) throw error;
      return this.giveUp(held, refused(error));
    }
    const listing = provider.listing(job.list)!;
    const context = contextOf(listing.kinds[0]!, answer, `read-${randomUUID()}`);
    await this.store(step, answer, context);
    const { tenant, account, unsaid, id } = connection;
    const { tellings } = provider.decode({ tenant, account, unsaid, connection: id, body: answer.bytes, context });
    if (held.drain.round!.withCalendars) await this.askForTypes(step, tellings, context.receipt);
    const read: PageRead = {
      ...{ end, providerDate: answer.providerDate, observedMs: Math.floor(answer.observedAt / 1_000) },
      mark: marked(held.drain.round!.mark, tellings),
    };
    const next = this.paced(held.drain, advanced(held.drain, read, listing, provider.readLagMs, this.parts.now()), listing);
    if ((await this.parts.drains.update(drainKey(next), next, held.seq)) === undefined) return drop('another-worker');
    this.parts.figures.page(job, end.items, next.round === null);
    return this.goOn(next);
  }

  /** The answer as raw, and the outcome that says so. */
  private async store({ delivery, job }: Step, answer: ReadAnswer, context: ReadContext): Promise<void> {
    const { tenant, provider, connection, list, page } = job;
    const { receipt } = context;
    const hops = withHop(hopsOf(answer, delivery.header(HEADER.hops)), 'stored', this.parts.now());
    const traceparent = traceparentOf(delivery.header(HEADER.traceparent));
    const headers = { ...headersOfRaw(context), [HEADER.traceparent]: traceparent, [HEADER.hops]: hops };
    const raw = subjectOf({ tenant, family: 'raw', lane: 'bulk', provider, connection });
    await this.parts.bus.publish(raw, answer.bytes, { id: `raw:${receipt}`, headers });
    const outcome: OutcomeMessage = {
      ...{ tenant, receipt, connection, stage: 'sync-worker', verdict: 'read', detail: `page ${page} of ${list}` },
      hops: parseHops(hops),
    };
    await this.parts.bus.publish(subjectOf({ tenant, family: 'outcome', receipt }), outcome, { id: `oc:${receipt}` });
    delivery.note({ read: receipt, bytes: answer.bytes.length, trace: traceId(traceparent) });
  }

  /** The page that is next, asked for: once by each who finds it so, which the stream makes one. */
  private async goOn(held: Drain): Promise<Verdict> {
    const job = jobOf(held);
    if (job) await publishPage(this.parts.bus, job);
    return done;
  }

  /** A page that can never be read: its dead letter tells why, and the list is read again from where this round began. */
  private async giveUp(held: Held, why: Refusal): Promise<Verdict> {
    const { now, random, pace } = this.parts;
    const next = { ...failed(held.drain, why.reason, now()), dueAt: dueAfter(now(), pace.mostMs, random) };
    await this.parts.drains.update(drainKey(next), next, held.seq);
    return why;
  }

  private paced(before: Drain, after: Drain, listing: { changedSince: boolean }): Drain {
    if (after.round) return after;
    if (after.lane === 'backfill') return { ...after, dueAt: null };
    const { now, random, pace } = this.parts;
    const everyMs = nextEveryMs(before.everyMs, foundNews(before, after), paceOf(pace, listing));
    return { ...after, everyMs, dueAt: dueAfter(now(), everyMs, random) };
  }

  private async askForTypes(
    { held: { drain }, connection: asked, provider }: Step,
    tellings: Parameters<typeof readsOfTypes>[1],
    receipt: string,
  ): Promise<void> {
    const { reads } = provider.adapter.capabilities;
    const listed = provider.adapter.listings!.lists.flatMap(({ kinds }) => kinds);
    const at = new Date(this.parts.now()).toISOString();
    const owed = readsOfTypes(drain, tellings, { reads, listed, receipt, at });
    for (const job of withoutDoubles(owed, asked, provider)) {
      const { tenant, lane, provider: of, connection, kind, entity } = job;
      const subject = subjectOf({ tenant, family: 'fetch', lane, provider: of, connection, kind, entity });
      const id = `fetch:${drain.round!.id}:${kind}:${entity}`;
      await this.parts.bus.publish(subject, job, { id, headers: { [HEADER.receipt]: receipt } });
    }
  }

  private async held(job: PageJob): Promise<Held | undefined> {
    const entry = await this.parts.drains.entryFromLeader(drainKey(job));
    return entry?.value ? { drain: entry.value, seq: entry.seq } : undefined;
  }
}

/** `again` tells askings of one page apart, of which the stream keeps the last. */
export async function publishPage(bus: Pick<Bus, 'publish'>, job: PageJob, again = 1): Promise<void> {
  const { tenant, lane, provider, connection, list, round, page } = job;
  await bus.publish(subjectOf({ tenant, family: 'fetch', lane, provider, connection, kind: 'page', entity: list }), job, {
    id: `page:${round}:${page}:${again}`,
  });
}

function pageOf({ list, round }: Drain): PageOfList {
  const { since, nights, cursor, startedAt } = round!;
  return { list, since, nights, cursor, startedAt };
}

function isSubjectOf({ subject }: Delivery, { lane, provider, connection, list }: PageJob): boolean {
  return (
    subject.family === 'fetch' &&
    subject.lane === lane &&
    subject.provider === provider &&
    subject.connection === connection &&
    subject.entity === list
  );
}
