import {
  eventEnvelope,
  eventOf,
  fetchSubject,
  inEpoch,
  underReplay,
  type EntityRecord,
  type EventMessage,
  type FetchJob,
  type FetchLane,
  type Kind,
  type Lane,
  type OutcomeMessage,
  type ProviderId,
  type RawContext,
  type Subject,
} from '@roomwire/events';
import { jsonPointer, type Decoded, type Hint, type Reject } from '@roomwire/pms-port';

/** Where a raw message came from, and with what. `hops`: by name, epoch ms. */
export type Origin = {
  tenant: string;
  provider: ProviderId;
  connection: string;
  lane: Lane;
  context: RawContext;
  traceparent?: string;
  hops: Record<string, number>;
  /** The connection's, at this moment. */
  epoch: number;
  /** Of a dead letter that came again; '' = of none. */
  replay: string;
};

export type Publish<T> = { subject: Subject; id: string; body: T };

/** What one raw message becomes. All of it is published; only then is the message done. */
export type Plan = {
  events: Publish<EventMessage>[];
  jobs: Publish<FetchJob>[];
  /** Parts that are dead letters of their own. Empty when nothing at all could be used: then `reject` says why. */
  dead: Reject[];
  /** Nothing could be used: the whole message is one dead letter. */
  reject: Reject | undefined;
  outcomes: Publish<OutcomeMessage>[];
};

/** What was decoded, and where it came from → what to publish. */
export function normalize(decoded: Decoded, origin: Origin): Plan {
  const told = decoded.tellings.map((telling) => eventFor(inEpoch(telling, origin.epoch), origin));
  const events = told.flatMap((each) => (each.event ? [each.event] : []));
  const rejects = [...decoded.rejects, ...told.flatMap((each) => (each.reject ? [each.reject] : []))];
  const jobs = decoded.hints.map((hint) => jobFor(hint, origin));
  const parts = events.length + jobs.length + decoded.ignored.length + rejects.length;
  const useless = rejects.length > 0 && events.length + jobs.length + decoded.ignored.length === 0;
  return {
    events,
    jobs,
    dead: useless ? [] : rejects,
    reject: useless ? asOne(rejects) : undefined,
    outcomes: [
      ...(origin.replay ? [outcome(origin, 'decoded', { verdict: 'decoded', parts })] : []),
      ...decoded.hints.map((hint) =>
        outcome(origin, `hinted:${hint.kind}:${hint.entity}`, { verdict: 'hinted', kind: hint.kind, entity: hint.entity }),
      ),
      ...decoded.ignored.map((why, index) =>
        outcome(origin, `ignored:${index}`, { verdict: 'ignored', detail: why.slice(0, 500) }),
      ),
      ...rejects.map(({ reason, pointer }) =>
        outcome(origin, `rejected:${pointer}`, { verdict: 'rejected', detail: `${reason} ${pointer}`.trim().slice(0, 500) }),
      ),
    ],
  };
}

/** The one dead letter of a message of which every part is bad: the first reason, and every pointer. */
function asOne(rejects: readonly Reject[]): Reject {
  const first = rejects[0]!;
  if (rejects.length === 1) return first;
  const others = rejects.map(({ reason, pointer, detail }) => `${pointer || '/'} ${reason}: ${detail}`).join('; ');
  return { reason: first.reason, pointer: '', detail: `all ${rejects.length} parts: ${others}`.slice(0, 500) };
}

function eventFor(telling: EntityRecord, origin: Origin): { event?: Publish<EventMessage>; reject?: Reject } {
  const { tenant, lane } = origin;
  const event = eventOf(telling, { ...origin, receipt: origin.context.receipt, receivedAt: origin.context.receivedAt });
  // The record has been judged against its schema (libs/pms-port); what is around it has not.
  const parsed = eventEnvelope.safeParse(event);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    // Its pointer is into our event, not into the body: an entity's name is what tells it from others.
    const detail = `the ${telling.kind} told does not fit an event at ${jsonPointer(issue.path)}: ${issue.message}`;
    return { reject: { reason: 'schema', pointer: jsonPointer(['event', telling.kind, telling.entity]), detail } };
  }
  const subject: Subject = { tenant, family: 'event', lane, pipeline: event.pipeline, property: propertyOf(telling) };
  return { event: { subject, id: `ev:${event.id}`, body: event } };
}

/**
 * The provider's id of the property that a telling names, else of the unit; its own where it names neither. The registry takes one
 * message per subject at a time: what touches one room comes one after the other, what does not goes side by side. (A calendar names
 * neither: under one subject for all of them, one month that hangs would hold up every other.)
 */
function propertyOf({ kind, entity, facets }: EntityRecord): string {
  if (kind === 'property') return entity;
  const { property, unit } = (facets['core']?.content ?? {}) as { property?: unknown; unit?: unknown };
  return [property, unit].find((named): named is string => typeof named === 'string' && named !== '') ?? entity;
}

function jobFor({ kind, entity, reason, modifiedAt, gone }: Hint, origin: Origin): Publish<FetchJob> {
  const { tenant, provider, connection, context, traceparent } = origin;
  const { receipt, receivedAt } = context;
  // What a poll or a backfill page hints must not delay what a webhook does.
  const lane: FetchLane = origin.lane === 'live' ? 'live' : 'poll';
  const body: FetchJob = {
    ...{ tenant, provider, connection, kind, entity, lane, reason, hintAt: receivedAt },
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
    ...(gone ? { gone } : {}),
    receipt,
    ...(traceparent ? { traceparent } : {}),
  };
  return { subject: fetchSubject(body), id: `fetch:${receipt}:${kind}:${entity}`, body };
}

/** The outcome of an event that the stream holds already: what it says was said before. */
export function duplicateOutcome({ body: { data } }: Publish<EventMessage>, origin: Origin): Publish<OutcomeMessage> {
  return outcome(origin, `duplicate:${data.kind}:${data.entity}`, { verdict: 'duplicate', kind: data.kind, entity: data.entity });
}

type Said = { verdict: OutcomeMessage['verdict']; kind?: Kind; entity?: string; detail?: string; parts?: number };

function outcome(origin: Origin, part: string, said: Said): Publish<OutcomeMessage> {
  const { tenant, connection, hops } = origin;
  const { receipt } = origin.context;
  return {
    subject: { tenant, family: 'outcome', receipt },
    ...underReplay(`oc:${receipt}:${part}`, { tenant, receipt, connection, stage: 'normalizer', ...said, hops }, origin.replay),
  };
}
