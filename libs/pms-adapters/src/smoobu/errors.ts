import type { ErrorAnswer, PmsErrorCode } from '@roomwire/pms-port';

const CODES: Readonly<Record<number, PmsErrorCode>> = {
  // A signature is made for one request: another may be taken where a clock or a nonce was the matter.
  401: 'credential-expired',
  403: 'forbidden',
  404: 'not-found',
  429: 'rate-limited',
};

export function errorCode({ status }: ErrorAnswer): PmsErrorCode {
  return CODES[status] ?? (status >= 500 ? 'provider-error' : status >= 400 ? 'invalid-request' : 'malformed-answer');
}
