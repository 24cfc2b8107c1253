import { z } from 'zod';
import { contentHash } from './canonical.ts';
import { connectionId, entityId, providerId, receiptId, tenantId, type ProviderId } from './ids.ts';
import { modifiedAtOf, recordSchema, type EntityRecord } from './record.ts';
import type { Subject } from './subject.ts';
import { versionText } from './version.ts';
import { fetchLane, kind, lane, PIPELINE_OF, pipeline, type Lane } from './words.ts';

const cloudEvent = {
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(1024),
  source: z.string().max(256),
  type: z.string().max(128),
  subject: z.string().max(1024),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  tenant: tenantId,
  pipeline,
  lane,
  receivedat: z.iso.datetime(),
  traceparent: z.string().max(128).optional(),
};
export const cloudEventFields = cloudEvent;

const envelope = { ...cloudEvent, provider: providerId, receipt: receiptId };

/** A normalised statement: facets of one entity, each with content and version. All that one source told at once is one event. */
export const eventMessage = z.strictObject({ ...envelope, data: recordSchema });
/** The same around a record that was checked before. */
export const eventEnvelope = z.strictObject({ ...envelope, data: z.unknown() });
export type EventMessage = Omit<z.infer<typeof eventMessage>, 'data'> & { data: EntityRecord };

/** f(provider, connection, kind, entity, facets, versions): the same statement has the same id, however often it is told. */
export function eventId(provider: string, told: EntityRecord): string {
  const facets = Object.entries(told.facets)
    .map(([name, state]) => `${name}@${versionText(state.version)}${state.settled ? 's' : ''}`)
    .sort();
  return contentHash([provider, told.connection, told.kind, told.entity, facets]).slice(0, 40);
}

export function microsToInstant(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}

export type EventOrigin = {
  tenant: string;
  provider: ProviderId;
  lane: Lane;
  receipt: string;
  receivedAt: string;
  traceparent?: string;
};

export function eventOf(told: EntityRecord, origin: EventOrigin): EventMessage {
  return {
    specversion: '1.0',
    id: eventId(origin.provider, told),
    source: `/pms/${origin.provider}/${told.connection}`,
    type: `roomwire.${told.kind}.told`,
    subject: `${told.kind}/${told.entity}`,
    time: microsToInstant(modifiedAtOf(told)),
    datacontenttype: 'application/json',
    tenant: origin.tenant,
    pipeline: PIPELINE_OF[told.kind],
    lane: origin.lane,
    receivedat: origin.receivedAt,
    ...(origin.traceparent ? { traceparent: origin.traceparent } : {}),
    provider: origin.provider,
    receipt: origin.receipt,
    data: told,
  };
}

/** A job for the sync-worker: read this entity. A hint is not a fact, and has no content to be deduplicated by. */
export const fetchJob = z.strictObject({
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  kind,
  entity: entityId,
  lane: fetchLane,
  /** Why the read is wanted. */
  reason: z.enum([
    ...(['hint', 'ambiguous', 'unknown-property', 'confirm-gone', 'read-lag', 'conflict', 'operator'] as const),
    /** A read contradicts the record: it is made again, or its facts are wanted under the epoch that it has raised. */
    'epoch',
    /** What is known was told under an older epoch or mapping. */
    'retell',
    /** What the provider lists and what is known differ. */
    'reconcile',
  ]),
  /** When the read came to be wanted, RFC 3339. */
  hintAt: z.iso.datetime(),
  /** The hint's own time, microseconds of the provider's clock, where it has one: a read at or past it satisfies the hint. */
  modifiedAt: z.int().min(0).optional(),
  /** The hint says that the entity was removed: only a read that finds it gone satisfies it. */
  gone: z.literal(true).optional(),
  receipt: receiptId,
  traceparent: z.string().max(128).optional(),
});
export type FetchJob = z.infer<typeof fetchJob>;
export type FetchReason = FetchJob['reason'];

/** A job for the sync-worker: read one page of a list, and ask for the next. Where the round stands is in KV; a page that is not its is dropped. */
export const pageJob = z.strictObject({
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  kind: z.literal('page'),
  /** The adapter's listing. */
  list: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  lane: z.enum(['poll', 'backfill']),
  /** One drain of the list from its first page to its last. */
  round: z.uuid(),
  /** From 0. */
  page: z.int().min(0),
});
export type PageJob = z.infer<typeof pageJob>;

/** A job for the sync-worker: compare one page of a list with what is known. What it stands in is in KV; of another pass it is dropped. */
export const compareJob = z.strictObject({
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  kind: z.literal('compare'),
  list: pageJob.shape.list,
  lane: z.literal('backfill'),
  /** One reading of all lists. */
  pass: z.uuid(),
  /** From 0, over all lists. */
  page: z.int().min(0),
});
export type CompareJob = z.infer<typeof compareJob>;

/** What asks for a page of a list, and not for an entity. */
export type ListJob = PageJob | CompareJob;

/** Where a job for the sync-worker is published: jobs of one entity, or of one list, are one subject, of which the stream keeps one. */
export function fetchSubject(job: FetchJob | ListJob): Subject {
  const { tenant, lane, provider, connection, kind } = job;
  return { tenant, family: 'fetch', lane, provider, connection, kind, entity: 'list' in job ? job.list : job.entity };
}
