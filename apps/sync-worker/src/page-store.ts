import {
  HEADER,
  headersOfRaw,
  parseHops,
  subjectOf,
  underReplay,
  withHop,
  type ListJob,
  type OutcomeMessage,
  type RawContext,
} from '@roomwire/events';
import type { Bus, Delivery } from '@roomwire/jetstream';
import { traceId, traceparentOf } from '@roomwire/telemetry';
import { hopsOf, type ReadAnswer } from './core/raw.ts';

type Page = { delivery: Delivery; job: ListJob; answer: ReadAnswer; context: Extract<RawContext, { via: 'read' }> };

/** A page's answer as raw, and the outcome that says so: from there on it goes the way of a webhook. `now`: epoch ms. */
export async function storePage(bus: Pick<Bus, 'publish'>, { delivery, job, answer, context }: Page, now: number): Promise<void> {
  const { tenant, provider, connection, list, page } = job;
  const { receipt } = context;
  const hops = withHop(hopsOf(answer, delivery.header(HEADER.hops)), 'stored', now);
  const traceparent = traceparentOf(delivery.header(HEADER.traceparent));
  const headers = { ...headersOfRaw(context), [HEADER.traceparent]: traceparent, [HEADER.hops]: hops };
  const raw = subjectOf({ tenant, family: 'raw', lane: 'bulk', provider, connection });
  await bus.publish(raw, answer.bytes, { id: `raw:${receipt}`, headers });
  const outcome: OutcomeMessage = {
    ...{ tenant, receipt, connection, stage: 'sync-worker', verdict: 'read', detail: `page ${page} of ${list}` },
    hops: parseHops(hops),
  };
  const { id, body } = underReplay(`oc:${receipt}`, outcome, delivery.header(HEADER.replay));
  await bus.publish(subjectOf({ tenant, family: 'outcome', receipt }), body, { id });
  delivery.note({ read: receipt, bytes: answer.bytes.length, trace: traceId(traceparent) });
}
