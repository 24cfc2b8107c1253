import {
  answeredHintsHeader,
  HEADER,
  headersOfRaw,
  withHop,
  type AnsweredHint,
  type FetchJob,
  type Kind,
  type Lane,
  type RawContext,
} from '@roomwire/events';

/** An answer of a provider and everything without which its bytes mean nothing. Instants in epoch ms, `observedAt` in µs of Redis' clock. */
export type ReadAnswer = {
  operation: string;
  /** Of a by-id read: what it is authoritative for. */
  ids?: readonly string[];
  /** Of a by-id read that went on where an answer had more pages. */
  cursor?: string;
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

/** Under a receipt of its own, received when its bytes were. */
export function contextOf(kind: Kind, answer: ReadAnswer, receipt: string): Extract<RawContext, { via: 'read' }> {
  const { operation, ids, cursor, status, observedAt, providerDate } = answer;
  const named = { ...(ids ? { ids: [...ids] } : {}), ...(cursor === undefined ? {} : { cursor }) };
  return {
    via: 'read',
    receipt,
    receivedAt: new Date(answer.answeredAt).toISOString(),
    read: { kind, ...named, operation, status, observedAt, providerDate },
  };
}

/** What is stored as raw of the by-id read that is for all jobs. `way` is the first one's: a message has one. */
export function rawOf(
  jobs: readonly FetchJob[],
  answer: ReadAnswer,
  receipt: string,
  way: { hops: string; traceparent: string },
) {
  const headers: Record<string, string> = {
    ...headersOfRaw(contextOf(jobs[0]!.kind, answer, receipt)),
    ...hintsOf(jobs),
    [HEADER.traceparent]: way.traceparent,
  };
  return { headers, hops: hopsOf(answer, way.hops) };
}

/** The way so far, with the call. */
export function hopsOf(answer: ReadAnswer, hops: string): string {
  return withHop(withHop(hops, 'requested', answer.requestedAt), 'answered', answer.answeredAt);
}

/** Only the first read of a hint answers to it: the one after the provider's lag is the last. */
function hintsOf(jobs: readonly FetchJob[]): Record<string, string> {
  const hints = jobs
    .filter(({ reason }) => reason === 'hint')
    .map(({ kind, entity, modifiedAt, gone }): AnsweredHint => ({
      ...{ kind, entity },
      ...(modifiedAt === undefined ? {} : { modifiedAt }),
      ...(gone ? { gone } : {}),
    }));
  return hints.length === 0 ? {} : { [HEADER.hint]: answeredHintsHeader(hints) };
}
