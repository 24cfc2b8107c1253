import type { Kind } from '@roomwire/events';
import {
  decoded,
  rejectOf,
  tellingOf,
  toldAt,
  type Clock,
  type Decoded,
  type ErrorAnswer,
  type PmsErrorCode,
  type RawMessage,
} from '@roomwire/pms-port';
import { wireFact } from './wire.ts';

export const MAPPING = 1;

const MILLISECOND: Clock = { clock: 'provider', resolutionMs: 1 };
export const CLOCKS: Partial<Record<Kind, Clock>> = { 'unit-status': MILLISECOND, task: MILLISECOND, ticket: MILLISECOND };

/** One fact at `path` of the body. */
export function factOf(raw: RawMessage, value: unknown, path: readonly PropertyKey[]): Decoded {
  const parsed = wireFact.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, value, path)] });
  const { kind, id, modifiedAt, ...core } = parsed.data;
  const toTheMillisecond = Math.floor(modifiedAt / 1_000) * 1_000;
  const telling = tellingOf(raw, kind, id, { core }, toldAt(raw.context, toTheMillisecond, CLOCKS[kind], MAPPING));
  return decoded({ tellings: telling ? [telling] : [] });
}

/** Nobody is called, so nobody answers; what HTTP means by its numbers is all there is. */
export function errorCode({ status }: ErrorAnswer): PmsErrorCode {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'provider-error';
  return status >= 400 ? 'invalid-request' : 'malformed-answer';
}
