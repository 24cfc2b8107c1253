import { tenantId } from '@roomwire/events';
import { z } from 'zod';
import { FATES, type Fate } from './fate.ts';

const count = z.int().min(0);

/** Which letters: the broker finds them by the first four, the others are in their headers. */
export const letterFilter = z.strictObject({
  stage: z.string().optional(),
  provider: z.string().optional(),
  reason: z.string().optional(),
  cause: z.string().optional(),
  connection: z.string().optional(),
  kind: z.string().optional(),
  sinceMs: count.optional(),
  untilMs: count.optional(),
});
export type LetterFilter = z.infer<typeof letterFilter>;

/** A replay (KV `sync`, key `replay.<tenant>.<id>`). What is left to do is in DEAD: a letter that was dealt with is there no more. */
export const replayJob = z.strictObject({
  id: z.string().regex(/^r[0-9a-f]{8}$/),
  tenant: tenantId,
  filter: letterFilter,
  /** Instead of a filter: these letters. */
  ids: z.array(z.string()).optional(),
  /** Sequence of the last letter there was when it began: what came later is another job’s. */
  upTo: count,
  /** Sequence in LOG up to which outcomes were heard. */
  heard: count,
  perSecond: z.number().positive(),
  max: count.optional(),
  canary: count,
  canaryPassed: z.boolean(),
  stopOnFailure: z.boolean(),
  by: z.string(),
  begunAt: z.iso.datetime(),
  state: z.enum(['running', 'interrupted', 'stopped', 'done']),
  counts: z.strictObject(Object.fromEntries(FATES.map((fate) => [fate, count])) as Record<Fate, typeof count>),
});
export type ReplayJob = z.infer<typeof replayJob>;

export const replayKey = ({ tenant, id }: Pick<ReplayJob, 'tenant' | 'id'>): string => `replay.${tenant}.${id}`;
export const noCounts = (): ReplayJob['counts'] => ({ replayed: 0, superseded: 0, reread: 0, 'failed-again': 0, kept: 0 });

export function countsText(counts: ReplayJob['counts']): string {
  return FATES.flatMap((fate) => (counts[fate] > 0 ? [`${counts[fate]} ${fate}`] : [])).join(', ') || 'none';
}

/** Letters that are dealt with: they are in DEAD no more. */
export const settledOf = ({ kept: _kept, ...counts }: ReplayJob['counts']): number =>
  Object.values(counts).reduce((sum, each) => sum + each, 0);
