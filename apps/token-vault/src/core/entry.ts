import { connectionId, providerId, tenantId } from '@roomwire/events';
import { z } from 'zod';

const sealed = z.string().regex(/^rw[12]\./);

/** That a replica is about to ask the provider for a token: stored before the request is sent, so that it is never a secret. */
export const intent = z.strictObject({
  /** Of this one attempt. */
  id: z.string().min(1),
  owner: z.string().min(1),
  /** The lease that the new token takes the place of. */
  lease: z.int().min(0),
  /** The provider has refused the held token: nobody is given it. */
  byReport: z.boolean(),
  /** Any other replica may begin so long after it has first seen this, ms, by a clock of its own that only counts on. */
  standsMs: z.int().min(1),
});
export type Intent = z.infer<typeof intent>;

/** Why the credentials are of no use: `refused` by the provider; their answer was lost on its way; or a fresh lease was refused. */
export const lapseCause = z.enum(['refused', 'answer-lost', 'lease-refused']);
export type LapseCause = z.infer<typeof lapseCause>;

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
  /** A {@link CodeGrant}: a person is at the provider, to agree to what these credentials need. */
  codeGrant: sealed.nullable().default(null),
  /** Number of the last token that was granted; 0 = none yet. Never falls. */
  lease: z.int().min(0),
  grantedAt: z.int().min(0),
  /** The last grant took the place of a token that the provider had refused. */
  renewedByReport: z.boolean(),
  /** `lapsed`: the provider refuses the credentials. With a token it is on trial: see core/trial.ts. */
  state: z.enum(['active', 'lapsed']),
  /** Of the lapse; null while there is none. */
  cause: lapseCause.nullable().default(null),
  /** Counts what the credentials were; sealing the same ones anew does not. */
  generation: z.int().min(0).default(0),
  intent: intent.nullable().default(null),
  /** A rotating refresh token was sent, or may have been, and no answer is known: it may be dead. */
  unsure: z.boolean().default(false),
  /** Grants that failed, since the last that did not. */
  failures: z.int().min(0),
  /** No grant is tried before. */
  coolUntil: z.int().min(0),
  /** Since when the entry stands as it does (core/standing.ts); 0 where that was not kept yet. */
  since: z.int().min(0).default(0),
  /** What the last request for a token came to, a PmsErrorCode; null where it brought one. */
  failure: z.string().nullable().default(null),
  /** When the provider has last granted something for what was put, or it was put: refresh tokens die of disuse. */
  usedAt: z.int().min(0).default(0),
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
    codeGrant: null,
    lease: 0,
    grantedAt: 0,
    renewedByReport: false,
    state: 'active',
    cause: null,
    generation: 0,
    intent: null,
    unsure: false,
    failures: 0,
    coolUntil: 0,
    since: 0,
    failure: null,
    usedAt: 0,
    owes: null,
  };
}
