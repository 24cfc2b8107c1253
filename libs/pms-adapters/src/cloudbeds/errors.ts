import { parseJson, type ErrorAnswer, type PmsErrorCode } from '@roomwire/pms-port';
import { wireFailure } from './wire.ts';

/** Who approved the connection is not there any more: other tokens will not help for long, and the vault finds that out. */
const CONSENT_GONE = /not active anymore/i;
/** The property is not the token's, or has been closed. */
const NOT_OURS = /property id|invalid status/i;

export function failed({ body }: ErrorAnswer): boolean {
  return wireFailure.safeParse(parseJson(body)).success;
}

export function errorCode({ operation, status, body }: ErrorAnswer): PmsErrorCode {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'provider-error';
  if (status < 200 || (status >= 300 && status < 400)) return 'malformed-answer';
  if (operation === 'token') return 'credential-rejected';
  if (status === 401) return 'credential-expired';
  if (status === 403) return 'forbidden';
  if (status >= 400) return 'invalid-request';
  const { message } = wireFailure.safeParse(parseJson(body)).data ?? {};
  if (CONSENT_GONE.test(message ?? '')) return 'credential-expired';
  return NOT_OURS.test(message ?? '') ? 'forbidden' : 'provider-error';
}
