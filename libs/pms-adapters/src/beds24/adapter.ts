import {
  parseJson,
  PmsError,
  provesHeader,
  provesKey,
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
import { readUsage } from './usage.ts';
import { webhooks } from './webhooks.ts';
import { wireToken } from './wire.ts';

/** Beds24, API V2. What is documented, what was measured, and what is neither, is in README.md. */
export const beds24: PmsAdapter = {
  provider: 'beds24',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'header',
    pushes: ['reservation', 'message'],
    reads: ['reservation', 'property', 'message', 'availability', 'rate'],
    // Fewer than a page holds.
    readsAtOnce: { reservation: 50, property: 10, message: 20, availability: 24, rate: 24 },
    token: 'kept-refresh-token',
  },
  clocks: CLOCKS,
  limits: [{ scope: 'account', limit: 100, windowMs: 300_000, unit: 'credits' }],
  secretFields: [
    ...['stripeToken', 'pcibookingToken', 'cvc', 'CVC', 'apiMessage'],
    // Of info items: a lock's PIN, a card's code.
    'text',
    ...['custom1', 'custom2', 'custom3', 'custom4', 'custom5', 'custom6', 'custom7', 'custom8', 'custom9', 'custom10'],
  ],
  baseUrl: 'https://beds24.com/api/v2',
  admit,
  decode,
  readRequest,
  listings,
  webhooks,
  push,
  readUsage,
  token: {
    kind: 'kept-refresh-token',
    credentialFields: ['refreshToken'],
    // It dies of 30 days without use.
    idleLifeMs: 30 * 86_400_000,
    grantRequest,
    grantAnswer,
  },
  probe: { method: 'GET', path: '/authentication/details' },
  authorise: (request, token) => ({ ...request, headers: { ...request.headers, token } }),
  failed,
  errorCode,
};

/** A header of the owner's choice is the only check there is; a key in the address does as well. */
function admit({ headers, query, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  const proofs = [provesHeader(headers, secrets), provesKey(query['key'], secrets)];
  if (!proofs.includes(true)) return { kind: 'forged', reason: 'neither the header nor the key' };
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}

function grantRequest({ refreshToken = '' }: Record<string, string>): HttpRequest {
  return { method: 'GET', path: '/authentication/token', headers: { refreshToken } };
}

/** The same refresh token may come back; it is kept whatever is asked. */
function grantAnswer(body: unknown): TokenGrant {
  const parsed = wireToken.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider: 'beds24', operation: 'token' });
  return { accessToken: parsed.data.token, expiresInMs: parsed.data.expiresIn * 1_000, usableAfterMs: 0 };
}
