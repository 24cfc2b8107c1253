import { PmsError, type Credentials, type GrantOperations, type HttpRequest, type TokenGrant } from '@roomwire/pms-port';
import { wireToken } from './wire.ts';

const DAY_MS = 86_400_000;

/** A year, from its last use. */
export const token: GrantOperations = {
  kind: 'rotating-refresh-token',
  credentialFields: ['clientId', 'clientSecret', 'refreshToken'],
  grantRequest: (credentials) =>
    exchange(credentials, { grant_type: 'refresh_token', refresh_token: credentials['refreshToken'] ?? '' }),
  grantAnswer,
  idleLifeMs: 365 * DAY_MS,
  codeGrant: {
    applicationFields: ['clientId', 'clientSecret'],
    agreementPath: ({ clientId = '' }, state, redirectUri) => {
      const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state };
      return `/oauth?${new URLSearchParams(query).toString()}`;
    },
    // Good for ten minutes, and once.
    codeRequest: (credentials, code, redirectUri) =>
      exchange(credentials, { grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
  },
};

function exchange({ clientId = '', clientSecret = '' }: Credentials, what: Record<string, string>): HttpRequest {
  const form = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...what });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', path: '/access_token', headers, body: form.toString() };
}

/** Whatever refresh token comes back is the one from now on. */
function grantAnswer(body: unknown): TokenGrant {
  const parsed = wireToken.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider: 'cloudbeds', operation: 'token' });
  const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken } = parsed.data;
  return { accessToken, expiresInMs: seconds * 1_000, usableAfterMs: 0, ...(refreshToken ? { next: { refreshToken } } : {}) };
}
