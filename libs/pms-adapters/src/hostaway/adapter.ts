import {
  parseJson,
  PmsError,
  provesLogin,
  type Admission,
  type HttpRequest,
  type PmsAdapter,
  type TokenGrant,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { decode } from './decode.ts';
import { errorCode, failed } from './errors.ts';
import { CLOCKS, MAPPING } from './mapping.ts';
import { push } from './push.ts';
import { listings, readRequest } from './requests.ts';
import { webhooks } from './webhooks.ts';
import { wireToken } from './wire.ts';

/** Hostaway, Public API v1. What is documented, and what is not, is in README.md. */
export const hostaway: PmsAdapter = {
  provider: 'hostaway',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'basic',
    pushes: ['reservation', 'message'],
    reads: ['reservation', 'property', 'unit-type', 'availability', 'rate', 'message', 'task'],
    token: 'client-credentials',
  },
  clocks: CLOCKS,
  limits: [
    { scope: 'egress', limit: 15, windowMs: 10_000 },
    { scope: 'account', limit: 20, windowMs: 10_000 },
  ],
  secretFields: [
    ...['doorCode', 'doorCodeInstruction', 'doorSecurityCode', 'wifiPassword', 'password'],
    ...['ccNumber', 'cvc', 'ccExpirationYear', 'ccExpirationMonth'],
  ],
  baseUrl: 'https://api.hostaway.com',
  admit,
  decode,
  houseOf: (unit) => unit.split('/')[0] || undefined,
  readRequest,
  listings,
  webhooks,
  push,
  token: { kind: 'client-credentials', credentialFields: ['clientId', 'clientSecret'], grantRequest, grantAnswer },
  // There is none for the purpose: of what all tokens may read this is the shortest.
  probe: { method: 'GET', path: '/v1/listings?limit=1' },
  failed,
  errorCode,
};

function admit({ headers, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesLogin(headers['authorization'], secrets)) return { kind: 'forged', reason: 'no such login' };
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}

function grantRequest({ clientId = '', clientSecret = '' }: Record<string, string>): HttpRequest {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'general' };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', path: '/v1/accessTokens', headers, body: new URLSearchParams(form).toString() };
}

/** A token works from one second after its issue. `expires_in` is obeyed; the documents contradict each other about it. */
function grantAnswer(body: unknown): TokenGrant {
  const parsed = wireToken.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider: 'hostaway', operation: 'token' });
  return { accessToken: parsed.data.access_token, expiresInMs: parsed.data.expires_in * 1_000, usableAfterMs: 1_000 };
}
