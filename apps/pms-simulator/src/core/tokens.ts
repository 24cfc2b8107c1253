import { createHmac } from 'node:crypto';

/** A token is valid only from one second after its issue (D:includes/_authentication.md). */
export const VALID_AFTER_MS = 1_000;
/** The sample's `expires_in`; the prose says 24 months (they contradict). */
export const LIFETIME_SECONDS = 15_897_600;

export type Token = { text: string; accountId: number; validFrom: number; expiresAt: number; revoked: boolean };

export type TokenState = 'valid' | 'unknown' | 'too-early' | 'expired' | 'revoked';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT whose `exp` and `expires_in` agree. Nobody can make one without the key, which the shell draws anew at each start. */
export function issueToken(
  ...[key, clientId, accountId, serial, now, lifetime]: [string, string, number, number, number, number]
): Token {
  const validFrom = now + VALID_AFTER_MS;
  const expiresAt = now + lifetime * 1000;
  const seconds = (ms: number): number => Math.floor(ms / 1000);
  const claims = { aud: clientId, jti: String(serial), iat: seconds(now), nbf: seconds(validFrom), exp: seconds(expiresAt) };
  const signed = `${part({ typ: 'JWT', alg: 'HS256' })}.${part({ ...claims, sub: '', scopes: ['general'], accountId })}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64url');
  return { text: `${signed}.${signature}`, accountId, validFrom, expiresAt, revoked: false };
}

export function stateOf(token: Token | undefined, now: number): TokenState {
  if (!token) return 'unknown';
  if (token.revoked) return 'revoked';
  if (now >= token.expiresAt) return 'expired';
  return now < token.validFrom ? 'too-early' : 'valid';
}
