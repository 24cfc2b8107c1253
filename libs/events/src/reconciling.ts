import { z } from 'zod';
import { pageJob } from './event.ts';
import { localDate } from './facets.ts';
import { connectionId, entityId, providerId, tenantId } from './ids.ts';
import { kind } from './words.ts';

/** Instants in epoch ms where nothing else is said, by the clock of whoever wrote them: they pace, and tell people. */
const counts = z.strictObject({
  missing: z.int().min(0),
  changed: z.int().min(0),
  older: z.int().min(0),
  unlisted: z.int().min(0),
});

/** One entity of which the provider's lists and what is known say different things. */
export const divergence = z.strictObject({
  kind,
  entity: entityId,
  /**
   * `missing`: listed and not known. `changed`: listed with something newer, or with something else under the same stamp. `older`: listed
   * with something else under a lower stamp: the epoch rule decides. `unlisted`: known, and on no list: a read by its id decides.
   */
  why: z.enum(['missing', 'changed', 'older', 'unlisted']),
  /** By the pass that found it first, and by the last one. */
  foundAt: z.int(),
  seenAt: z.int(),
  /** What is known must be past these to count as repaired: the connection's epoch then, and a stamp, µs. */
  epoch: z.int().min(0),
  stamp: z.int().min(0),
  /** What the list said of the facets that differ, in sixteen digits of each one's hash. */
  says: z.record(z.string(), z.string().regex(/^[0-9a-f]{16}$/)),
  /** When it was asked for by its id; null: not yet. */
  askedAt: z.int().nullable(),
});
export type Divergence = z.infer<typeof divergence>;
export type Why = Divergence['why'];

const pass = z.strictObject({
  id: z.uuid(),
  startedAt: z.int(),
  nights: z.strictObject({ from: localDate, until: localDate }),
  /** The list that is being read; null: all have been, and what none of them told is looked for. */
  list: pageJob.shape.list.nullable(),
  cursor: z.string().nullable(),
  /** Over all lists, the one that is to be read. */
  page: z.int().min(0),
  /** How often it was asked for: raised by whoever finds that nothing moves. */
  asked: z.int().min(1),
  items: z.int().min(0),
  /** Lists that could not be read to their end: what they do not tell says nothing. */
  unread: z.array(pageJob.shape.list),
  found: counts,
});

/** How far what a provider lists is compared with what is known. Bucket `sync`, {@link reconcilingKey}; by compare-and-set alone. */
export const reconciling = z.strictObject({
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  /** When somebody began to compare. */
  since: z.int(),
  /** Not before this the next step is taken: the budget of calls. */
  dueAt: z.int(),
  /** Calls asked for since the present pass began, or the last one. */
  calls: z.int().min(0),
  pass: pass.nullable(),
  /** Not repaired yet, as far as they are remembered. */
  open: z.array(divergence).max(400),
  last: z
    .strictObject({ startedAt: z.int(), endedAt: z.int(), pages: z.int(), items: z.int(), calls: z.int(), found: counts })
    .nullable(),
  /** Which bound was told to be exceeded: a divergence may have stood too long unfound, or stands too long unrepaired. */
  late: z.enum(['found', 'repaired']).nullable(),
});
export type Reconciling = z.infer<typeof reconciling>;

export function reconcilingKey(connection: string): string {
  return `reconcile.${connection}`;
}

/** What one page told, so that at the end it is known what none did. Bucket `sync`, {@link seenKey}; each pass writes over the last. */
export const seen = z.strictObject({ pass: z.uuid(), marks: z.string().regex(/^([0-9a-f]{12})*$/) });
export type Seen = z.infer<typeof seen>;

export function seenKey(connection: string, page: number): string {
  return `seen.${connection}.${page}`;
}
