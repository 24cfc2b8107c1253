import { z } from 'zod';
import { contentHash } from './canonical.ts';
import { facetSchema } from './facets.ts';
import { connectionId, entityId } from './ids.ts';
import { version, type Version } from './version.ts';
import { kind, type Kind } from './words.ts';

/** One last-writer-wins register. */
export const facetState = z.strictObject({
  version,
  content: z.unknown(),
  /** The read that told it was made after its stamp could still move: it ends a tie. */
  settled: z.literal(true).optional(),
  /** More than one content was told under this stamp by one mapping. */
  tied: z.literal(true).optional(),
  /** While there is no tie: the hash of what other mappings made of this stamp, by mapping. One truth, read in other ways. */
  beside: z.record(z.string().regex(/^\d+$/), z.string().regex(/^[0-9a-f]{64}$/)).optional(),
});
export type FacetState = { version: Version; content: unknown; settled?: true; tied?: true; beside?: Record<string, string> };

/** A `z.record` leaves out a key `__proto__` without a word; what is refused must be named. */
const facets = z
  .unknown()
  .refine((given) => !Object.hasOwn(Object(given) as object, '__proto__'), {
    error: 'no kind has a facet "__proto__"',
    abort: true,
  })
  .pipe(z.record(z.string(), facetState));

/**
 * What is known of an entity: some facets (a telling: one webhook, one row of a page) or all that were ever told (the record).
 * Both have one shape, so that applying is a join and the order of tellings cannot matter.
 */
export const recordSchema = z
  .strictObject({ kind, connection: connectionId, entity: entityId, facets })
  // Not `superRefine`: its function by which issues are added is made for each value, and outlives it (ADR 0039).
  .check(({ value, issues }) => {
    for (const [name, facet] of Object.entries(value.facets)) issues.push(...facetIssues(value.kind, name, facet as FacetState));
  });
export type EntityRecord = { kind: Kind; connection: string; entity: string; facets: Record<string, FacetState> };

function facetIssues(of: Kind, name: string, facet: FacetState): z.core.$ZodRawIssue[] {
  const path = ['facets', name];
  const custom = (at: string[], message: string): z.core.$ZodRawIssue => ({ code: 'custom', path: at, message, input: facet });
  const schema = facetSchema(of, name);
  if (!schema) return [custom(path, `a ${of} has no facet "${name}"`)];
  const parsed = schema.safeParse(facet.content);
  if (!parsed.success)
    return parsed.error.issues.map((issue) => ({ ...issue, path: [...path, 'content', ...issue.path] }) as z.core.$ZodRawIssue);
  if (contentHash(facet.content) === facet.version.contentHash) return [];
  return [custom([...path, 'version', 'contentHash'], 'is not the hash of the content')];
}

/** The stamp of a telling; its hash follows from the content. */
export type Stamp = Omit<Version, 'contentHash'>;

export function facet(content: unknown, stamp: Stamp, settled = false): FacetState {
  return { version: { ...stamp, contentHash: contentHash(content) }, content, ...(settled ? { settled: true as const } : {}) };
}

/** Adapters know nothing of epochs: an operator may reset any connection, and what it tells then outranks what was known. */
export function inEpoch(told: EntityRecord, epoch: number): EntityRecord {
  if (epoch === 0) return told;
  const raised = Object.entries(told.facets).map(([name, state]) => [name, { ...state, version: { ...state.version, epoch } }]);
  return { ...told, facets: Object.fromEntries(raised) as EntityRecord['facets'] };
}

/** The content of a facet, typed by its reader; undefined while nobody has told it. */
export function contentOf<T>(record: EntityRecord | undefined, name: string): T | undefined {
  return record?.facets[name]?.content as T | undefined;
}

/** Two contents under one stamp and no settled read since: nobody knows yet which is true. Never for two mappings' sake alone. */
export function isOpenTie(state: FacetState): boolean {
  return state.tied === true && state.settled !== true;
}

/** The record's flag `ambiguous`: while it stands, reads are owed. */
export function isAmbiguous(record: EntityRecord): boolean {
  return Object.values(record.facets).some(isOpenTie);
}

export function isGone(record: EntityRecord): boolean {
  return contentOf<{ state: string }>(record, 'existence')?.state === 'gone';
}

/** Newest provider stamp of a record, in microseconds; 0 for an empty one. */
export function modifiedAtOf(record: EntityRecord): number {
  return Math.max(0, ...Object.values(record.facets).map((state) => state.version.modifiedAt));
}
