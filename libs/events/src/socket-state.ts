import { z } from 'zod';
import { connectionId, providerId, tenantId } from './ids.ts';

/**
 * Who listens to a provider's socket for a connection, and how it fares. Bucket `sync`, {@link socketKey}; written by compare-and-set
 * alone. Instants in epoch ms, by the clock of whoever wrote them.
 */
export const socketState = z.strictObject({
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  /** The process that has it; null: given back. */
  holder: z.string().max(128).nullable(),
  /** Renewed while it is held. */
  renewedAt: z.int(),
  /** Since when it is open; null: it is not. */
  openSince: z.int().nullable(),
  /** Since when it is not open, where it ever was. */
  closedSince: z.int().nullable(),
  /** Why it is not open; a closed code. */
  problem: z.string().nullable(),
});
export type SocketState = z.infer<typeof socketState>;

export function socketKey(connection: string): string {
  return `socket.${connection}`;
}
