import { parseJson, type ErrorAnswer, type PmsErrorCode } from '@roomwire/pms-port';
import { wireFailure, wireRefusedToken } from './wire.ts';

/** Of a write the answer is a list, a verdict for each item: that is read by whoever sent them. */
export function failed({ operation, body }: ErrorAnswer): boolean {
  if (operation === 'probe') return wireRefusedToken.safeParse(parseJson(body)).success;
  return wireFailure.safeParse(parseJson(body)).success;
}

export function errorCode({ operation, status }: ErrorAnswer): PmsErrorCode {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'provider-error';
  if (operation === 'probe' && status === 200) return 'credential-expired';
  if (status >= 200 && status < 300) return 'provider-error'; // `success: false` under a success
  if (status < 400) return 'malformed-answer';
  if (operation === 'token') return 'credential-rejected';
  if (status === 401) return 'credential-expired';
  if (status === 403) return 'forbidden';
  return status === 404 ? 'not-found' : 'invalid-request';
}
