import { z } from 'zod';
import { connectionId, receiptId, tenantId } from './ids.ts';
import { kind } from './words.ts';

/** What became of (a part of) a receipt; published on `outcome.<receipt>` before its message is acked. */
export const outcomeMessage = z.strictObject({
  tenant: tenantId,
  receipt: receiptId,
  connection: connectionId,
  stage: z.enum(['normalizer', 'registry', 'sync-worker']),
  /** The merge's outcomes, `past` (wholly past the horizon, of what is not held: not applied), or what was made of bytes without a fact. */
  verdict: z.enum(['applied', 'confirmed', 'duplicate', 'stale', 'past', 'hinted', 'ignored', 'rejected', 'read']),
  kind: kind.optional(),
  entity: z.string().optional(),
  revision: z.int().optional(),
  detail: z.string().max(500).optional(),
  /** Hop name → epoch milliseconds. */
  hops: z.record(z.string(), z.number()),
});
export type OutcomeMessage = z.infer<typeof outcomeMessage>;
