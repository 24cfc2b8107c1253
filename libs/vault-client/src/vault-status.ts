import type { NatsConnection } from '@nats-io/nats-core';
import { z } from 'zod';
import { askOnce } from './ask-once.ts';
import { vaultSubject, type Refusal } from './wire.ts';

/** By `connection` alone, or all of them page by page: from an entry's place in the bucket on. */
export const statusRequest = z.strictObject({
  connection: z.string().min(1).max(64).optional(),
  from: z.int().min(1).default(1),
});
export type StatusRequest = z.infer<typeof statusRequest>;

/** How one connection's credentials stand. Codes, names and instants (epoch ms by the vault's clock); nothing that was sealed. */
const connectionStatus = z.object({
  tenant: z.string(),
  connection: z.string(),
  provider: z.string(),
  /** Of credentials, as the provider's adapter names it; null where none does. */
  kind: z.string().nullable(),
  /** `unreadable`: the vault has no key that opens what it holds. */
  state: z.enum(['ok', 'cooling-down', 'lapsed', 'in-doubt', 'no-credentials', 'unreadable']),
  /** Null: since longer than that is kept. */
  since: z.number().nullable(),
  why: z.string().nullable(),
  /** The provider is not asked before. */
  retryAt: z.number().nullable(),
  /** Of the access token in hand. */
  tokenUntil: z.number().nullable(),
  /** Of the refresh token, should nobody use it until then. */
  refreshUntil: z.number().nullable(),
  lease: z.int(),
  /** Names of the data keys that seal what is held. */
  keys: z.array(z.string()),
});
export type ConnectionStatus = z.infer<typeof connectionStatus>;

/** `next`: where the next page begins; null at the end. A connection that is written meanwhile comes twice, as it is now the second time. */
export const statusPage = z.object({ connections: z.array(connectionStatus), next: z.int().nullable() });
export type StatusPage = z.infer<typeof statusPage>;
export type StatusReply = { value: StatusPage } | { error: Refusal };

/** One connection, or all that the vault holds anything of, by tenant and id. @throws {VaultError} */
export async function natsVaultStatus(nc: NatsConnection, service: string, connection?: string): Promise<ConnectionStatus[]> {
  const found = new Map<string, ConnectionStatus>();
  for (let from: number | null = 1; from !== null;) {
    const request = connection === undefined ? { from } : { connection };
    const page: StatusPage = await askOnce(nc, vaultSubject('status', service), request, statusPage);
    for (const each of page.connections) found.set(each.connection, each);
    from = page.next;
  }
  const place = (each: ConnectionStatus): string => `${each.tenant}/${each.connection}`;
  return [...found.values()].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
