import type { NatsConnection } from '@nats-io/nats-core';
import { z } from 'zod';
import { askOnce } from './ask-once.ts';
import { vaultSubject, type KeyOperation, type Refusal } from './wire.ts';

const text = z.string().min(1).max(256);
export const keyRequests = {
  keys: z.strictObject({}),
  'rotate-keys': z.strictObject({ by: text, reason: text.optional() }),
} as const satisfies Record<KeyOperation, z.ZodType>;

/** No key, only names. `values`: how many sealed values are under it; a key on its way out is removed some time after it has none. */
export const keysReport = z.object({
  keys: z.array(z.object({ id: z.string(), active: z.boolean(), kek: z.string(), madeAt: z.number(), values: z.int() })),
  connections: z.int(),
  /** Values under none of these keys: with a data key of their own, as older releases sealed. */
  others: z.int(),
});
export type KeysReport = z.infer<typeof keysReport>;
export type KeyRequest<O extends KeyOperation> = z.infer<(typeof keyRequests)[O]>;
export type KeyReply = { value: KeysReport } | { error: Refusal };

/** The operator's hand on the keys. Both answer the ring as it is then. @throws {VaultError} */
export function natsVaultKeys(nc: NatsConnection, service: string) {
  const ask = <O extends KeyOperation>(operation: O, data: KeyRequest<O>): Promise<KeysReport> =>
    askOnce(nc, vaultSubject(operation, service), data, keysReport);
  return {
    keys: () => ask('keys', {}),
    rotateKeys: (request: KeyRequest<'rotate-keys'>) => ask('rotate-keys', request),
  };
}
