import type { ErrorAnswer, PmsErrorCode } from '@roomwire/pms-port';

const CODES: Readonly<Record<number, PmsErrorCode>> = {
  // Also what the token has no permission for: the vault's probe tells the one from the other.
  401: 'credential-expired',
  403: 'forbidden',
  // Too heavy a request, given up by Mews.
  408: 'timeout',
  // The data has changed meanwhile: the same request may be sent once more.
  409: 'provider-error',
  429: 'rate-limited',
};

/** A 404 is about the address, never about an entity. */
export function errorCode({ status }: ErrorAnswer): PmsErrorCode {
  return CODES[status] ?? (status >= 500 ? 'provider-error' : status >= 400 ? 'invalid-request' : 'malformed-answer');
}
