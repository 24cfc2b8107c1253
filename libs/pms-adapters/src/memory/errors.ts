import type { ErrorAnswer, PmsErrorCode } from '@roomwire/pms-port';

const CODES: Readonly<Record<number, PmsErrorCode>> = {
  401: 'credential-expired',
  403: 'forbidden',
  404: 'not-found',
  429: 'rate-limited',
};

export function errorCode({ operation, status }: ErrorAnswer): PmsErrorCode {
  if (operation === 'token' && (status === 401 || status === 403)) return 'credential-rejected';
  return CODES[status] ?? (status >= 500 ? 'provider-error' : status >= 400 ? 'invalid-request' : 'malformed-answer');
}
