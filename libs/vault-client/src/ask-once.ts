import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/nats-core';
import { z } from 'zod';
import { isForbidden } from './nats-vault-client.ts';
import { VaultError } from './vault-client.ts';
import { refusal } from './wire.ts';

/** A look at every entry of a large installation takes seconds, and so does a provider. */
const WITHIN_MS = 20_000;

/** One request of a person's, and never a second: it may do something. @throws {VaultError} */
export async function askOnce<T>(nc: NatsConnection, subject: string, data: unknown, value: z.ZodType<T>): Promise<T> {
  const body = await nc
    .request(subject, JSON.stringify({ pattern: subject, data, id: randomUUID() }), { timeout: WITHIN_MS })
    .then((message) => message.json())
    .catch((error: unknown) => {
      const detail = error instanceof Error ? error.name : 'no answer';
      throw new VaultError(isForbidden(error) ? 'not-allowed' : 'unavailable', { detail });
    });
  const packet = z.object({ response: z.union([z.object({ value }), z.object({ error: refusal })]) }).safeParse(body);
  if (!packet.success) throw new VaultError('unavailable', { detail: 'the answer is not one of ours' });
  const { response } = packet.data;
  if ('error' in response) throw new VaultError(response.error.code, response.error);
  return response.value;
}
