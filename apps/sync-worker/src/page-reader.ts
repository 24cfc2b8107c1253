import {
  drainKey,
  fetchSubject,
  HEADER,
  pageJob,
  progressOf,
  subjectOf,
  tenthOf,
  type Connection,
  type Drain,
  type PageJob,
} from '@roomwire/events';
import { done, drop, publishIfNone, type Bus, type Delivery, type KvTable, type Verdict } from '@roomwire/jetstream';
import { PmsError, type PageJob as PageOfList, type Pms } from '@roomwire/pms-port';
import { randomUUID } from 'node:crypto';
import { dueAfter, nextEveryMs, paceOf, type Pace } from './core/cadence.ts';
import { advanced, failed, foundNews, jobOf, standingOf, type PageRead } from './core/drain.ts';
import { marked } from './core/mark.ts';
import { contextOf, type ReadAnswer } from './core/raw.ts';
import { readsOfTypes } from './core/unit-types.ts';
import type { Figures } from './figures.ts';
import { jobIn } from './job.ts';
import { storePage } from './page-store.ts';
import { idOf, partyOf, verdictOf, type Connections } from './party.ts';
import { pagePlan, refused, withoutDoubles, type Refusal } from './plan.ts';
import type { Reader } from './reader.ts';

export type PageReaderParts = {
  bus: Pick<Bus, 'publish'>;
  connections: Connections;
  drains: Pick<KvTable<Drain>, 'entryFromLeader' | 'update'>;
  reader: Pick<Reader, 'read'>;
  pace: Pace;
  /** See mayMiss. */
  mayMiss: (connection: string, polledAt: number) => boolean;
  now: () => number;
  random: () => number;
  figures: Pick<Figures, 'page'>;
};

type Held = { drain: Drain; seq: number };
/** A page in hand, and all that is known of it. */
type Step = { delivery: Delivery; job: PageJob; held: Held; page: PageOfList; connection: Connection; provider: Pms };

/**
 * One page of a list. The order is what counts after a kill -9: its answer is stored, then the round advances (compare-and-set, so that
 * one worker alone takes each step), then the next page is asked for. In between the job comes again, and goes on from where KV says.
 */
export class PageReader {
  constructor(private readonly parts: PageReaderParts) {}

  async handle(delivery: Delivery): Promise<Verdict> {
    const asked = jobIn(delivery, pageJob, ({ provider, connection, list, lane, round, page }) => ({
      ...{ provider, connection, list, lane, round, page },
    }));
    return 'kind' in asked ? asked : this.perform(delivery, asked.job);
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
    await storePage(this.parts.bus, { delivery: step.delivery, job, answer, context }, this.parts.now());
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
    const verdict = await this.goOn(next);
    if (job.lane === 'backfill') await this.tellProgress(held.drain, next);
    return verdict;
  }

  /** Each tenth of the way, and its end. After everything else: what a crash cuts off is a notice, and no page. */
  private async tellProgress({ tenant, provider, connection, list, round: before }: Drain, after: Drain): Promise<void> {
    const { bus, now } = this.parts;
    const tenth = after.round ? tenthOf(before!, after.round, now()) : undefined;
    if (after.round && tenth === undefined) return;
    const type = after.round ? 'backfill-under-way' : 'backfill-done';
    const { pages, items } = after.last ?? {};
    const seconds = Math.round((now() - before!.startedAt) / 1_000);
    const told = after.round ? progressOf(after.round, now()) : { pages, items, seconds };
    const notice = { at: new Date(now()).toISOString(), type, tenant, connection, provider, list, ...told };
    const id = `${type}:${before!.id}:${tenth ?? 'end'}`;
    await bus.publish(subjectOf({ tenant, family: 'notice', type }), notice, { id });
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
    const { now, random, pace, mayMiss } = this.parts;
    const limits = paceOf(pace, listing);
    // What nobody tells us of is asked for as often as may be.
    const everyMs = mayMiss(before.connection, now())
      ? limits.leastMs
      : nextEveryMs(before.everyMs, foundNews(before, after), limits);
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
      const id = `fetch:${drain.round!.id}:${job.kind}:${job.entity}`;
      // Put behind all others by every round, the last would never be read where calls are few.
      await publishIfNone(this.parts.bus, fetchSubject(job), job, { id, headers: { [HEADER.receipt]: receipt } });
    }
  }

  private async held(job: PageJob): Promise<Held | undefined> {
    const entry = await this.parts.drains.entryFromLeader(drainKey(job));
    return entry?.value ? { drain: entry.value, seq: entry.seq } : undefined;
  }
}

/** `again` tells askings of one page apart, of which the stream keeps the last. */
export async function publishPage(bus: Pick<Bus, 'publish'>, job: PageJob, again = 1): Promise<void> {
  await bus.publish(fetchSubject(job), job, { id: `page:${job.round}:${job.page}:${again}` });
}

function pageOf({ list, round }: Drain): PageOfList {
  const { since, nights, cursor, startedAt } = round!;
  return { list, since, nights, cursor, startedAt };
}
