import { connectionId, providerId, tenantId } from '@roomwire/events';
import { z } from 'zod';

const sealed = z.string().regex(/^rw[12]\./);

/** All that the vault keeps of a connection (KV `vault`, key = connection). Epoch times in ms by the vault's clock. */
export const vaultEntry = z.strictObject({
  tenant: tenantId,
  connection: connectionId,
  provider: providerId,
  credentials: sealed.nullable(),
  /** A {@link Token}. */
  token: sealed.nullable(),
  /** {@link WebhookSecrets}. */
  webhookSecrets: sealed.nullable(),
  /** Number of the last token that was granted; 0 = none yet. Never falls. */
  lease: z.int().min(0),
  grantedAt: z.int().min(0),
  /** The last grant took the place of a token that the provider had refused. */
  renewedByReport: z.boolean(),
  /** `lapsed`: the provider refuses the credentials. */
  state: z.enum(['active', 'lapsed']),
  /** Grants that failed, since the last that did not. */
  failures: z.int().min(0),
  /** No grant is tried before. */
  coolUntil: z.int().min(0),
  /** What nobody has been told yet. Cleared when the notice is stored: a crash in between tells twice, never not at all. */
  owes: z.enum(['token-lapsed', 'token-restored']).nullable(),
});
export type VaultEntry = z.infer<typeof vaultEntry>;

export function newEntry(connection: { id: string; tenant: string; provider: VaultEntry['provider'] }): VaultEntry {
  return {
    tenant: connection.tenant,
    connection: connection.id,
    provider: connection.provider,
    credentials: null,
    token: null,
    webhookSecrets: null,
    lease: 0,
    grantedAt: 0,
    renewedByReport: false,
    state: 'active',
    failures: 0,
    coolUntil: 0,
    owes: null,
  };
}
