import { cloudbeds, mews } from '@roomwire/pms-adapters';
import { PmsError, type GrantOperations, type PmsAdapter, type TokenOperations } from '@roomwire/pms-port';
import { createHmac } from 'node:crypto';
import { z } from 'zod';

/** What the provider answers a token request with. */
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

/** A provider of each kind, as each of them documents it, where no adapter has it yet; hostaway has client credentials. */
export const kinds: Readonly<Record<string, PmsAdapter>> = {
  beds24: adapter('beds24', keptRefreshToken),
  cloudbeds,
  smoobu: adapter('smoobu', requestSigning),
  mews,
};
