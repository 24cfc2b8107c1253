import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/nats-core';
import { z } from 'zod';
import { isForbidden } from './nats-vault-client.ts';
import { VaultError } from './vault-client.ts';
import { refusal, vaultSubject, type KeyOperation } from './wire.ts';

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
export type KeyReply = { value: KeysReport } | { error: z.infer<typeof refusal> };

const packet = z.object({ response: z.union([z.object({ value: keysReport }), z.object({ error: refusal })]) });
/** A look at every entry of a large installation takes seconds. */
const WITHIN_MS = 20_000;

/** The operator's hand on the keys. Both answer the ring as it is then. @throws {VaultError} */
export function natsVaultKeys(nc: NatsConnection, service: string) {
  const ask = async <O extends KeyOperation>(operation: O, data: KeyRequest<O>): Promise<KeysReport> => {
    const subject = vaultSubject(operation, service);
    const body = await nc
      .request(subject, JSON.stringify({ pattern: subject, data, id: randomUUID() }), { timeout: WITHIN_MS })
      .then((message) => message.json())
      .catch((error: unknown) => {
        const detail = error instanceof Error ? error.name : 'no answer';
        throw new VaultError(isForbidden(error) ? 'not-allowed' : 'unavailable', { detail });
      });
    const parsed = packet.safeParse(body);
    if (!parsed.success) throw new VaultError('unavailable', { detail: 'the answer is not one of ours' });
    const { response } = parsed.data;
    if ('error' in response) throw new VaultError(response.error.code, response.error);
    return response.value;
  };
  return {
    keys: () => ask('keys', {}),
    rotateKeys: (request: KeyRequest<'rotate-keys'>) => ask('rotate-keys', request),
  };
}
