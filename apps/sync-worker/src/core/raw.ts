import { HEADER, headersOfRaw, withHop, type AnsweredHint, type FetchJob, type Lane, type RawContext } from '@roomwire/events';

/** An answer of a provider and everything without which its bytes mean nothing. Instants in epoch ms, `observedAt` in µs of Redis' clock. */
export type ReadAnswer = {
  operation: string;
  ids: string[];
  status: number;
  bytes: Uint8Array;
  providerDate: number | null;
  observedAt: number;
  requestedAt: number;
  answeredAt: number;
};

/** A read that somebody waits for goes on in the lane of webhooks; the others must not delay them. */
export function laneOf(job: Pick<FetchJob, 'lane'>): Lane {
  return job.lane === 'live' ? 'live' : 'bulk';
}

/** What is stored as raw: the answer under a receipt of its own, received when its bytes were. `hops` is the job's way so far. */
export function rawOf(job: FetchJob, answer: ReadAnswer, receipt: string, way: { hops: string; traceparent: string }) {
  const { operation, ids, status, observedAt, providerDate } = answer;
  const context: RawContext = {
    via: 'read',
    receipt,
    receivedAt: new Date(answer.answeredAt).toISOString(),
    read: { kind: job.kind, ids, operation, status, observedAt, providerDate },
  };
  const hops = withHop(withHop(way.hops, 'requested', answer.requestedAt), 'answered', answer.answeredAt);
  const headers: Record<string, string> = { ...headersOfRaw(context), ...hintOf(job), [HEADER.traceparent]: way.traceparent };
  return { headers, hops };
}

/** Only the first read of a hint answers to it: the one after the provider's lag is the last. */
function hintOf({ reason, kind, entity, modifiedAt }: FetchJob): Record<string, string> {
  if (reason !== 'hint') return {};
  const hint: AnsweredHint = { kind, entity, ...(modifiedAt === undefined ? {} : { modifiedAt }) };
  return { [HEADER.hint]: JSON.stringify(hint) };
}
