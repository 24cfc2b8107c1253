import { createHmac } from 'node:crypto';

/** A token is valid only from one second after its issue (D:includes/_authentication.md). */
export const VALID_AFTER_MS = 1_000;
/** The sample's `expires_in`; the prose says 24 months (they contradict). */
export const LIFETIME_SECONDS = 15_897_600;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

type Claims = { clientId: string; accountId: number; serial: number; now: number; expiresAt: number };

/** A JWT whose `exp` and `expires_in` agree. Nobody can make one without the key, which the shell draws anew at each start. */
export function jwtFor(key: string, { clientId, accountId, serial, now, expiresAt }: Claims): string {
  const seconds = (ms: number): number => Math.floor(ms / 1000);
  const times = { iat: seconds(now), nbf: seconds(now + VALID_AFTER_MS), exp: seconds(expiresAt) };
  const claims = { aud: clientId, jti: String(serial), ...times, sub: '', scopes: ['general'], accountId };
  const signed = `${part({ typ: 'JWT', alg: 'HS256' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}
