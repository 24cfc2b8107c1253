import { PmsError, type GrantOperations, type PmsAdapter, type TokenOperations } from '@roomwire/pms-port';
import { createHmac } from 'node:crypto';
import { z } from 'zod';

/** What the providers answer a token request with. */
const wireToken = z.object({ access_token: z.string(), expires_in: z.number(), refresh_token: z.string().optional() });
const wireBeds24 = z.object({ token: z.string(), expiresIn: z.number() });

/** The rest of an adapter, for those that have only credentials yet. */
const adapter = (provider: PmsAdapter['provider'], token: TokenOperations): PmsAdapter => ({
  ...{ provider, mapping: 1, clocks: {}, limits: [], baseUrl: 'http://provider.invalid' },
  capabilities: { webhooks: false, webhookAuth: 'none', pushes: [], reads: [], token: token.kind },
  admit: () => ({ kind: 'forged', reason: 'no webhooks' }),
  decode: () => ({ tellings: [], hints: [], rejects: [], ignored: ['nothing is decoded'] }),
  token,
  errorCode: ({ operation, status }) => {
    if (status === 429) return 'rate-limited';
    if (status >= 500) return 'provider-error';
    if (status === 401) return operation === 'token' ? 'credential-rejected' : 'credential-expired';
    return status === 403 ? 'forbidden' : status === 404 ? 'not-found' : 'invalid-request';
  },
});

function read<T>(schema: z.ZodType<T>, body: unknown, provider: string): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider, operation: 'token' });
  return parsed.data;
}

const DAY_MS = 86_400_000;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** Beds24: `GET /authentication/token` with the refresh token in a header; it is kept. */
const keptRefreshToken: GrantOperations = {
  kind: 'kept-refresh-token',
  credentialFields: ['refreshToken'],
  idleLifeMs: 30 * DAY_MS,
  grantRequest: ({ refreshToken = '' }) => ({ method: 'GET', path: '/authentication/token', headers: { refreshToken } }),
  grantAnswer: (body) => {
    const { token, expiresIn } = read(wireBeds24, body, 'beds24');
    return { accessToken: token, expiresInMs: expiresIn * 1_000, usableAfterMs: 0 };
  },
};

/** Cloudbeds: `POST /access_token`; whatever refresh token comes back is the one from now on. */
const rotatingRefreshToken: GrantOperations = {
  kind: 'rotating-refresh-token',
  credentialFields: ['clientId', 'clientSecret', 'refreshToken'],
  grantRequest: ({ clientId = '', clientSecret = '', refreshToken = '' }) => ({
    method: 'POST',
    path: '/access_token',
    headers: form,
    body: new URLSearchParams({
      ...{ grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken },
    }).toString(),
  }),
  grantAnswer: (body) => {
    const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken } = read(wireToken, body, 'cloudbeds');
    const next = refreshToken ? { next: { refreshToken } } : {};
    return { accessToken, expiresInMs: seconds * 1_000, usableAfterMs: 0, ...next };
  },
  idleLifeMs: 365 * DAY_MS,
  codeGrant: {
    applicationFields: ['clientId', 'clientSecret'],
    agreementPath: ({ clientId = '' }, state, redirectUri) => {
      const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state };
      return `/oauth?${new URLSearchParams(query).toString()}`;
    },
    codeRequest: ({ clientId = '', clientSecret = '' }, code, redirectUri) => ({
      method: 'POST',
      path: '/access_token',
      headers: form,
      body: new URLSearchParams({
        ...{
          grant_type: 'authorization_code',
          client_id: clientId,
          client_secret: clientSecret,
          code,
          redirect_uri: redirectUri,
        },
      }).toString(),
    }),
  },
};

/** Smoobu: HMAC over method, path, sorted query, instant, nonce, the body's hash and the key. */
const requestSigning: TokenOperations = {
  kind: 'request-signing',
  credentialFields: ['apiKey', 'apiSecret'],
  sign: ({ apiKey = '', apiSecret = '' }, { method, path, bodySha256 }, { at, nonce }) => {
    const [route, query = ''] = path.split('?');
    const sorted = query.split('&').sort().join('&');
    const canonical = [method, route, sorted, at, nonce, bodySha256, apiKey].join('\n');
    const signature = createHmac('sha256', apiSecret).update(canonical).digest('base64');
    return { 'x-api-key': apiKey, 'x-timestamp': at, 'x-nonce': nonce, 'x-signature': signature };
  },
};

/** Mews: a pair in the body of every request. */
const staticFields: TokenOperations = {
  kind: 'static-fields',
  credentialFields: ['clientToken', 'accessToken'],
  fields: ({ clientToken = '', accessToken = '' }) => ({ ClientToken: clientToken, AccessToken: accessToken }),
};

/** A provider of each kind that no adapter has yet, as each of them documents it; hostaway has client credentials. */
export const kinds: Readonly<Record<string, PmsAdapter>> = {
  beds24: adapter('beds24', keptRefreshToken),
  cloudbeds: adapter('cloudbeds', rotatingRefreshToken),
  smoobu: adapter('smoobu', requestSigning),
  mews: adapter('mews', staticFields),
};
