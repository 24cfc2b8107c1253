import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  fetchJob,
  fetchLane,
  fetchSubject,
  HEADER,
  parseHops,
  subjectOf,
  underReplay,
  withHop,
  type Drain,
  type FetchJob,
  type ListJob,
  type OutcomeMessage,
} from '@roomwire/events';
import { defer, done, drop, type Bus, type Delivery, type KvTable, type Verdict } from '@roomwire/jetstream';
import { adapters } from '@roomwire/pms-adapters';
import type { PmsAdapter } from '@roomwire/pms-port';
import { traceId } from '@roomwire/telemetry';
import { waitOf } from './core/gone.ts';
import { hopsOf } from './core/raw.ts';
import { isListed } from './core/reading.ts';
import { GATHER_MS, groupOf, headerBytesOf, mostFor } from './core/together.ts';
import type { Fate, Member } from './entity-reader.ts';
import type { Gatherer } from './gatherer.ts';
import { jobIn } from './job.ts';
import { isOutdated, partyOf, unlessAway, verdictOf, type Connections } from './party.ts';
import { readPlan } from './plan.ts';
import { standingIn } from './poller.ts';

/** `fetch-<provider>-<lane>` of every provider that can be read. The reference adapter is nobody's provider. */
const PROVIDERS = Object.values<PmsAdapter>(adapters).filter(
  ({ provider, capabilities }) => provider !== 'memory' && capabilities.reads.length > 0,
);
const CONSUMERS = fetchLane.options.flatMap((lane) => PROVIDERS.map(({ provider }) => `fetch-${provider}-${lane}`));

/**
 * A fetch job in, a read at the provider, its answer stored as raw; jobs that are in hand together and that one call can read share
 * both. The order is what counts after a kill -9: raw, then the job's outcome, then its ack. In between the job comes again and is read
 * again: another receipt, a later observation, the same record in the end.
 */
@Controller()
export class FetchConsumer {
  constructor(
    private readonly bus: Pick<Bus, 'publish' | 'message'>,
    private readonly connections: Connections,
    private readonly reads: Pick<Gatherer<Member, Fate>, 'join'>,
    private readonly now: () => number,
    /** By what a job is for that names a list. */
    private readonly lists: Record<ListJob['kind'], { handle(delivery: Delivery): Promise<Verdict> }>,
    private readonly drains: Pick<KvTable<Drain>, 'get'>,
  ) {}

  @EventPattern(CONSUMERS)
  async handle(@Payload() delivery: Delivery): Promise<Verdict> {
    const { subject } = delivery;
    const isOfList = subject.family === 'fetch' && (subject.kind === 'page' || subject.kind === 'compare');
    return unlessAway(() =>
      isOfList ? this.lists[subject.kind as ListJob['kind']].handle(delivery) : this.handleRead(delivery),
    );
  }

  private async handleRead(delivery: Delivery): Promise<Verdict> {
    const asked = jobIn(delivery, fetchJob, (job) => ({ ...noted(job), trace: traceId(job.traceparent) }));
    if ('kind' in asked) return asked;
    return (await isOutdated(this.bus, delivery)) ? drop('newer-job') : this.perform(delivery, asked.job);
  }

  private async perform(delivery: Delivery, job: FetchJob): Promise<Verdict> {
    const party = await partyOf(this.connections, job);
    if ('kind' in party) return party;
    const { connection, provider } = party;
    const lists = provider.adapter.listings?.lists ?? [];
    if (isListed(job, lists, standingIn(this.drains, connection))) return drop('listed');
    const waitMs = waitOf(job, provider.readLagMs, this.now());
    if (waitMs > 0) return defer('read-lag', waitMs);
    const plan = readPlan([job], connection, provider);
    if ('kind' in plan) return plan;
    const fate = await this.reads.join(
      { delivery, job, party, plan },
      {
        key: groupOf(job, plan.operation),
        most: mostFor(provider.readsAtOnce(job.kind), delivery.attempt),
        momentMs: GATHER_MS[job.lane],
        bytes: headerBytesOf(job),
      },
    );
    if (fate.kind === 'decision') return verdictOf(fate.decision, connection);
    await (fate.kind === 'again' ? this.ask(fate.job, delivery) : this.tell(delivery, job, fate));
    return done;
  }

  /** On the job's own subject, whose message is in hand: a newer hint may take its place there, and then asks from the start. */
  private async ask(job: FetchJob, delivery: Delivery): Promise<void> {
    const replay = delivery.header(HEADER.replay);
    await this.bus.publish(fetchSubject(job), job, {
      id: `fetch:${job.receipt}:${job.kind}:${job.entity}:${job.hintAt}`,
      headers: {
        [HEADER.receipt]: job.receipt,
        ...(job.traceparent ? { [HEADER.traceparent]: job.traceparent } : {}),
        ...(replay ? { [HEADER.replay]: replay } : {}),
      },
    });
  }

  private async tell(delivery: Delivery, job: FetchJob, { receipt, answer, storedAt, together }: Stored): Promise<void> {
    const { tenant, connection, kind, entity } = job;
    const hops = withHop(hopsOf(answer, delivery.header(HEADER.hops)), 'stored', storedAt);
    const outcome: OutcomeMessage = {
      ...{ tenant, receipt: job.receipt, connection, stage: 'sync-worker', verdict: 'read', kind, entity },
      detail: receipt,
      hops: parseHops(hops),
    };
    const { id, body } = underReplay(`oc:${receipt}:${kind}:${entity}:${job.receipt}`, outcome, delivery.header(HEADER.replay));
    await this.bus.publish(subjectOf({ tenant, family: 'outcome', receipt: job.receipt }), body, { id });
    delivery.note({
      ...{ read: receipt, together, status: answer.status, bytes: answer.bytes.length },
      read_ms: answer.answeredAt - answer.requestedAt,
    });
  }
}

type Stored = Extract<Fate, { kind: 'stored' }>;

function noted({ provider, connection, kind, entity, lane, reason, receipt }: FetchJob) {
  return { provider, connection, kind, entity, lane, reason, receipt };
}
