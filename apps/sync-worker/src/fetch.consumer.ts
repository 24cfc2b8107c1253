import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  fetchJob,
  fetchLane,
  HEADER,
  parseHops,
  subjectOf,
  withHop,
  type EntityRecord,
  type FetchJob,
  type OutcomeMessage,
} from '@roomwire/events';
import { defer, done, reject, type Bus, type Delivery, type Verdict } from '@roomwire/jetstream';
import { adapters } from '@roomwire/pms-adapters';
import type { PmsAdapter } from '@roomwire/pms-port';
import { traceId, traceparentOf } from '@roomwire/telemetry';
import { randomUUID } from 'node:crypto';
import { confirmation, tellsGone, waitOf } from './core/gone.ts';
import { contextOf, laneOf, rawOf, type ReadAnswer } from './core/raw.ts';
import type { Figures } from './figures.ts';
import type { PageReader } from './page-reader.ts';
import { idOf, partyOf, unlessAway, verdictOf, type Connections, type Party } from './party.ts';
import { readPlan } from './plan.ts';
import type { Reader } from './reader.ts';

/** `fetch-<provider>-<lane>` of every provider that can be read. The reference adapter is nobody's provider. */
const PROVIDERS = Object.values<PmsAdapter>(adapters).filter(
  ({ provider, capabilities }) => provider !== 'memory' && capabilities.reads.length > 0,
);
const CONSUMERS = fetchLane.options.flatMap((lane) => PROVIDERS.map(({ provider }) => `fetch-${provider}-${lane}`));

/**
 * A fetch job in, one read at the provider, its answer stored as raw. The order is what counts after a kill -9: raw, then the outcome,
 * then the ack. In between the job comes again and is read again: another receipt, a later observation, the same record in the end.
 */
@Controller()
export class FetchConsumer {
  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly connections: Connections,
    private readonly reader: Pick<Reader, 'read'>,
    private readonly now: () => number,
    private readonly figures: Pick<Figures, 'hop'>,
    private readonly pages: Pick<PageReader, 'handle'>,
  ) {}

  @EventPattern(CONSUMERS)
  async handle(@Payload() delivery: Delivery): Promise<Verdict> {
    const isPage = delivery.subject.family === 'fetch' && delivery.subject.kind === 'page';
    return unlessAway(() => (isPage ? this.pages.handle(delivery) : this.handleRead(delivery)));
  }

  private async handleRead(delivery: Delivery): Promise<Verdict> {
    const parsed = fetchJob.safeParse(delivery.json());
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      return reject('schema', issue.message, `/${issue.path.join('/')}`);
    }
    const job = parsed.data;
    delivery.note({ ...noted(job), trace: traceId(job.traceparent) });
    if (delivery.tenant !== job.tenant || !isSubjectOf(delivery, job))
      return reject('wrong-subject', 'the body names another job than the subject');
    return this.perform(delivery, job);
  }

  private async perform(delivery: Delivery, job: FetchJob): Promise<Verdict> {
    const party = await partyOf(this.connections, job);
    if ('kind' in party) return party;
    const { connection, provider } = party;
    const waitMs = waitOf(job, provider.readLagMs, this.now());
    if (waitMs > 0) return defer('read-lag', waitMs);
    const plan = readPlan(job, connection, provider);
    if ('kind' in plan) return plan;
    const outcome = await this.reader.read({ ...job, id: idOf(delivery) }, connection, provider, plan);
    if (outcome.kind === 'decision') return verdictOf(outcome.decision, connection);
    const { answer } = outcome;
    const again = confirmation(job, tellsGone(job, toldBy(job, answer, party)), this.now());
    await (again ? this.ask(again) : this.store(delivery, job, answer));
    return done;
  }

  /** On the job's own subject, whose message is in hand: a newer hint may take its place there, and then asks from the start. */
  private async ask(job: FetchJob): Promise<void> {
    const { tenant, lane, provider, connection, kind, entity } = job;
    await this.bus.publish(subjectOf({ tenant, family: 'fetch', lane, provider, connection, kind, entity }), job, {
      id: `fetch:${job.receipt}:${kind}:${entity}:${job.hintAt}`,
      headers: { [HEADER.receipt]: job.receipt, ...(job.traceparent ? { [HEADER.traceparent]: job.traceparent } : {}) },
    });
  }

  private async store(delivery: Delivery, job: FetchJob, answer: ReadAnswer): Promise<void> {
    const receipt = `read-${randomUUID()}`;
    const { tenant, provider, connection } = job;
    const way = {
      hops: delivery.header(HEADER.hops),
      traceparent: traceparentOf(job.traceparent ?? delivery.header(HEADER.traceparent)),
    };
    const raw = rawOf(job, answer, receipt, way);
    this.figures.hop('requested', laneOf(job), parseHops(way.hops)['normalized'], answer.requestedAt);
    this.figures.hop('answered', laneOf(job), answer.requestedAt, answer.answeredAt);
    const hops = withHop(raw.hops, 'stored', this.now());
    await this.bus.publish(subjectOf({ tenant, family: 'raw', lane: laneOf(job), provider, connection }), answer.bytes, {
      id: `raw:${receipt}`,
      headers: { ...raw.headers, [HEADER.hops]: hops },
    });
    const outcome: OutcomeMessage = {
      ...{ tenant, receipt: job.receipt, connection, stage: 'sync-worker', verdict: 'read', kind: job.kind, entity: job.entity },
      detail: receipt,
      hops: parseHops(hops),
    };
    await this.bus.publish(subjectOf({ tenant, family: 'outcome', receipt: job.receipt }), outcome, { id: `oc:${receipt}` });
    delivery.note({
      read: receipt,
      status: answer.status,
      bytes: answer.bytes.length,
      read_ms: answer.answeredAt - answer.requestedAt,
    });
  }
}

/** What normalizers will tell of it, but for its receipt. */
function toldBy(job: FetchJob, answer: ReadAnswer, { connection, provider }: Party): EntityRecord[] {
  const { id, tenant, account, unsaid } = connection;
  const context = contextOf(job.kind, answer, job.receipt);
  return provider.decode({ tenant, account, unsaid, connection: id, body: answer.bytes, context }).tellings;
}

function noted({ provider, connection, kind, entity, lane, reason, receipt }: FetchJob) {
  return { provider, connection, kind, entity, lane, reason, receipt };
}

/** Whoever may publish to one connection's subjects must not be able to have another one's read. */
function isSubjectOf({ subject }: Delivery, { lane, provider, connection, kind, entity }: FetchJob): boolean {
  return (
    subject.family === 'fetch' &&
    subject.lane === lane &&
    subject.provider === provider &&
    subject.connection === connection &&
    subject.kind === kind &&
    subject.entity === entity
  );
}
