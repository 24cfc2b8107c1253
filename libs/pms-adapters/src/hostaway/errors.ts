import { parseJson, type ErrorAnswer, type PmsErrorCode } from '@roomwire/pms-port';
import { wireFailure } from './wire.ts';

export function failed({ body }: ErrorAnswer): boolean {
  return wireFailure.safeParse(parseJson(body)).success;
}

/** What a 403 says when it means the token; any other means the record: locked, not ours to write. An empty one says only "403". */
const TOKEN_WORDS = /invalid[_ ]token|expired|unauthorized|authentication failed|no scope|access denied|^\s*$/i;

/** Writes to an archived listing, and to a locked reservation, fail; with which status nobody says. */
const LOCKED_WORDS = /\b(?:archived|locked)\b/i;

export function errorCode({ operation, status, body }: ErrorAnswer): PmsErrorCode {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'provider-error';
  // `status: "fail"` under a success
  if (status >= 200 && status < 300) return LOCKED_WORDS.test(body) ? 'forbidden' : 'provider-error';
  if (status < 400) return 'malformed-answer';
  if (operation === 'token') return 'credential-rejected';
  if (status === 401) return 'credential-expired';
  if (status === 403) return TOKEN_WORDS.test(body) ? 'credential-expired' : 'forbidden';
  if (status === 404) return 'not-found';
  return LOCKED_WORDS.test(body) ? 'forbidden' : 'invalid-request';
}
