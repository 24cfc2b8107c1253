import { z } from 'zod';
import { connectionId, receiptId, tenantId } from './ids.ts';
import { kind } from './words.ts';

/** What became of (a part of) a receipt; published on `outcome.<receipt>` before its message is acked. */
export const outcomeMessage = z.strictObject({
  tenant: tenantId,
  receipt: receiptId,
  connection: connectionId,
  stage: z.enum(['normalizer', 'registry', 'sync-worker']),
  /**
   * The merge's outcomes, `past` (wholly past the horizon, of what is not held: not applied), what was made of bytes without a fact,
   * or `pushed`: the provider was told.
   * `decoded`, only of a replay: into how many `parts` its bytes were taken apart, each of which has an outcome or a dead letter.
   */
  verdict: z.enum([
    'applied',
    'confirmed',
    'duplicate',
    'stale',
    'past',
    'hinted',
    'ignored',
    'rejected',
    'read',
    'decoded',
    'pushed',
  ]),
  kind: kind.optional(),
  entity: z.string().optional(),
  revision: z.int().optional(),
  detail: z.string().max(500).optional(),
  parts: z.int().min(0).optional(),
  /** See {@link HEADER.replay}. */
  replay: z.string().max(64).optional(),
  /** Hop name → epoch milliseconds. */
  hops: z.record(z.string(), z.number()),
});
export type OutcomeMessage = z.infer<typeof outcomeMessage>;

/** Of a replay it is told even where the same was told before: whoever replays waits for it. `replay` '' = it is none. */
export function underReplay(id: string, body: OutcomeMessage, replay: string): { id: string; body: OutcomeMessage } {
  return replay ? { id: `${id}:${replay}`, body: { ...body, replay } } : { id, body };
}
