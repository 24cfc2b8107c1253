import { z } from 'zod';
import { connectionId, providerId, tenantId } from './ids.ts';

/**
 * How the webhooks of a connection fare. Bucket `sync`, {@link hookKey}; written by compare-and-set alone. Instants in epoch ms, by the
 * clock of whoever wrote them: they pace, and tell people.
 */
export const hook = z.strictObject({
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  /** When somebody began to watch them: nothing before it counts. */
  since: z.int(),
  /** When their registration is looked at next. */
  dueAt: z.int(),
  /** When it was last found as it should be, or made so. */
  goodAt: z.int().nullable(),
  /** When something had to be mended last. */
  mendedAt: z.int().nullable(),
  /** Why the last look found no end; a closed code. */
  problem: z.string().nullable(),
  /** Since when the provider has changed things that no webhook told. */
  silentSince: z.int().nullable(),
});
export type Hook = z.infer<typeof hook>;

export function hookKey(connection: string): string {
  return `hook.${connection}`;
}

/** When a genuine webhook of a connection came last, epoch ms by a gateway's clock; coarse. Bucket `sync`, {@link heardKey}. */
export const heard = z.strictObject({ at: z.int() });
export type Heard = z.infer<typeof heard>;

export function heardKey(connection: string): string {
  return `heard.${connection}`;
}
