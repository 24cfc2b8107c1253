import type { Log } from '@roomwire/telemetry';
import type { Refusal } from '@roomwire/vault-client';
import type { z } from 'zod';
import type { Auditor } from './auditor.ts';
import { callerOf } from './core/access.ts';
import type { RateLimit } from './core/rate-limit.ts';
import type { Figures } from './figures.ts';

export type DoorParts = {
  auditor: Pick<Auditor, 'asked' | 'refused'>;
  limit: RateLimit;
  figures: Figures;
  log: Log;
  monotonic: () => number;
};
export type Asked<T> = { operation: string; subject: string; body: unknown; schema: z.ZodType<T> };
type Answered<V> = { value: V } | { error: Refusal };

const ONLY_CALLER = 'operator';

/** What the operator asks of the installation, and of no one connection: who asks, how often, in which form. Never throws. */
export async function throughDoor<T, V>(
  { auditor, limit, figures, log, monotonic }: DoorParts,
  { operation, subject, body, schema }: Asked<T>,
  answer: (caller: string, request: T) => Promise<V>,
): Promise<Answered<V>> {
  const caller = callerOf(subject);
  const retryAfterMs = limit.waitMs(caller, monotonic());
  if (retryAfterMs > 0) {
    figures.limited(operation);
    return { error: { code: 'unavailable', detail: 'too many requests', retryAfterMs } };
  }
  const parsed = schema.safeParse(body);
  if (caller !== ONLY_CALLER || !parsed.success) {
    await auditor.refused({ operation, caller }, 'not-allowed');
    figures.answered(operation, 'not-allowed');
    return { error: { code: 'not-allowed' } };
  }
  try {
    const value = await answer(caller, parsed.data);
    figures.answered(operation, 'ok');
    return { value };
  } catch (error) {
    log.error({ operation, caller, err: error }, 'the vault could not answer');
    figures.answered(operation, 'unavailable');
    return { error: { code: 'unavailable' } };
  }
}
