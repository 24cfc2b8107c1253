import {
  apply,
  compareJob,
  eventMessage,
  fetchJob,
  HEADER,
  inEpoch,
  pageJob,
  parseRawContext,
  parseSubject,
  type Connection,
  type EntityRecord,
  type FetchJob,
  type ListJob,
  type Outcome,
  type RawContext,
} from '@roomwire/events';
import type { Pms, Reject } from '@roomwire/pms-port';
import type { z } from 'zod';
import { fateOf, type Fated } from './fate.ts';
import type { Letter } from './letter-view.ts';

/** Applied so late, a read would be news of yesterday: it is made again instead, ms. */
const READ_OLD_MS = 86_400_000;

/** What the same functions as the services' make of a letter's message, of this release. */
export type Understood = {
  tellings: EntityRecord[];
  /** What would be read: entities, or a page of a list. */
  hints: { kind: (FetchJob | ListJob)['kind']; entity: string }[];
  rejects: Pick<Reject, 'reason' | 'pointer' | 'detail'>[];
  ignored: number;
  /** Of a read whose answer this is; undefined where it is none. */
  read: Extract<RawContext, { via: 'read' }> | undefined;
};

/** The same checks in the same order as the service that takes the message. */
export function understood(letter: Letter, connection: Connection | undefined, pms: Pms | undefined): Understood {
  const subject = parseSubject(letter.origin.subject);
  switch (subject?.family) {
    case 'raw':
      return ofRaw(letter, connection, pms);
    case 'event':
      return ofEvent(letter, connection);
    case 'fetch':
      return ofJob(letter, subject.kind === 'page' ? pageJob : subject.kind === 'compare' ? compareJob : fetchJob);
    default:
      return refused('wrong-subject', `nobody takes ${letter.origin.subject}`);
  }
}

function ofRaw(letter: Letter, connection: Connection | undefined, pms: Pms | undefined): Understood {
  const context = parseRawContext((name) => letter.headers[name]);
  if (!context.success) return refused('bad-headers', context.error.issues[0]!.message);
  if (!connection) return refused('unknown-connection', 'the catalogue has no such connection');
  const { tenant, id, account, unsaid, epoch = 0 } = connection;
  if (tenant !== letter.tenant) return refused('wrong-tenant', 'the connection is another tenant’s');
  if (!pms) return refused('no-adapter', 'nothing here decodes this provider');
  const decoded = pms.decode({ tenant, connection: id, account, unsaid, body: letter.data, context: context.data });
  return {
    ...{ hints: decoded.hints, rejects: decoded.rejects, ignored: decoded.ignored.length },
    tellings: decoded.tellings.map((telling) => inEpoch(telling, epoch)),
    read: context.data.via === 'read' ? context.data : undefined,
  };
}

function ofEvent(letter: Letter, connection: Connection | undefined): Understood {
  const event = parsed(letter, eventMessage);
  if ('reason' in event) return refused(event.reason, event.detail, event.pointer);
  if (event.found.tenant !== letter.tenant)
    return refused('wrong-tenant', `body names tenant "${event.found.tenant}"`, '/tenant');
  if (!connection) return refused('unknown-connection', 'the catalogue has no such connection');
  return { tellings: [event.found.data as EntityRecord], hints: [], rejects: [], ignored: 0, read: undefined };
}

function ofJob(letter: Letter, schema: z.ZodType<FetchJob | ListJob>): Understood {
  const job = parsed(letter, schema);
  if ('reason' in job) return refused(job.reason, job.detail, job.pointer);
  const { found } = job;
  const hints = [{ kind: found.kind, entity: 'list' in found ? found.list : found.entity }];
  return { tellings: [], hints, rejects: [], ignored: 0, read: undefined };
}

function parsed<T>(
  letter: Letter,
  schema: z.ZodType<T>,
): { found: T } | (Pick<Reject, 'pointer' | 'detail'> & { reason: string }) {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(letter.data));
  } catch {
    return { reason: 'not-json', pointer: '', detail: 'the payload is not JSON' };
  }
  const result = schema.safeParse(body);
  if (result.success) return { found: result.data };
  const issue = result.error.issues[0]!;
  return { reason: 'schema', pointer: `/${issue.path.join('/')}`, detail: issue.message };
}

function refused(reason: string, detail: string, pointer = ''): Understood {
  const reject = { reason: reason as Reject['reason'], pointer, detail };
  return { tellings: [], hints: [], rejects: [reject], ignored: 0, read: undefined };
}

/** A part, what it would come to beside what is held now, and what readers would see of it. */
export type Foreseen = { telling: EntityRecord; held: EntityRecord | undefined; outcome: Outcome; changes: FacetChange[] };
export type FacetChange = { facet: string; before: unknown; after: unknown };

export function foreseen(telling: EntityRecord, held: EntityRecord | undefined): Foreseen & { record: EntityRecord } {
  const { outcome, record } = apply(held, telling);
  const changes = Object.keys(telling.facets).flatMap((facet): FacetChange[] => {
    const [before, after] = [held?.facets[facet], record.facets[facet]!];
    const isSame = before?.version.contentHash === after.version.contentHash;
    return isSame ? [] : [{ facet, before: before?.content, after: after.content }];
  });
  return { telling, held, outcome, changes, record };
}

export function forecastOf({ rejects, hints, ignored }: Understood, parts: readonly Foreseen[]): Fated {
  const [first] = rejects;
  if (first) return { fate: 'failed-again', detail: `${first.reason} ${first.pointer}`.trim() };
  const verdicts = [
    ...parts.map(({ outcome }) => outcome),
    ...hints.map(() => 'hinted'),
    ...Array<string>(ignored).fill('ignored'),
  ];
  return fateOf(verdicts);
}

export function isOldRead({ headers }: Letter, nowMs: number): boolean {
  const receivedMs = Date.parse(headers[HEADER.receivedAt] ?? '');
  return headers[HEADER.via] === 'read' && nowMs - receivedMs > READ_OLD_MS;
}

/** Reads that tell anew what an old read told: of the entities that it asked for, or else of those that it told of. */
export function rereadsOf(letter: Letter, connection: Connection, what: Understood, nowMs: number): FetchJob[] {
  const asked = what.read?.read.ids?.map((entity) => ({ kind: what.read!.read.kind, entity }));
  const told = what.tellings.map(({ kind, entity }) => ({ kind, entity }));
  const named = [...(asked ?? told), ...what.hints].flatMap(({ kind, entity }) =>
    kind === 'page' || kind === 'compare' ? [] : [{ kind, entity }],
  );
  return named.map(({ kind, entity }) => ({
    ...{ tenant: letter.tenant, provider: connection.provider, connection: connection.id, kind, entity },
    ...{ lane: 'poll', reason: 'operator', hintAt: new Date(nowMs).toISOString(), receipt: letter.receipt },
    ...(letter.traceparent ? { traceparent: letter.traceparent } : {}),
  }));
}
