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
import { errorCode } from './errors.ts';
import { CLOCKS, MAPPING } from './mapping.ts';
import { push } from './push.ts';
import { listings, readRequest, READS } from './requests.ts';
import { readUsage } from './usage.ts';
import { webhooks } from './webhooks.ts';
import { wireToken } from './wire.ts';

/** The reference: every capability of the port in its simplest form. Copy the folder to begin a provider. */
export const memory: PmsAdapter = {
  provider: 'memory',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'basic',
    pushes: READS.filter((each) => CLOCKS[each].clock === 'provider'),
    reads: READS,
    readsAtOnce: { reservation: 10 },
    token: 'client-credentials',
  },
  clocks: CLOCKS,
  limits: [{ scope: 'account', limit: 100, windowMs: 1_000 }],
  baseUrl: 'http://memory.invalid',
  admit,
  decode,
  readRequest,
  listings,
  webhooks,
  push,
  readUsage,
  token: { kind: 'client-credentials', credentialFields: ['login', 'password'], grantRequest, grantAnswer },
  probe: { method: 'GET', path: '/me' },
  errorCode,
};

function admit({ headers, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesLogin(headers['authorization'], secrets)) return { kind: 'forged', reason: 'no such login' };
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}

function grantRequest({ login, password }: Record<string, string>): HttpRequest {
  return {
    method: 'POST',
    path: '/token',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  };
}

function grantAnswer(body: unknown): TokenGrant {
  const parsed = wireToken.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider: 'memory', operation: 'token' });
  return { accessToken: parsed.data.token, expiresInMs: parsed.data.seconds * 1_000, usableAfterMs: 0 };
}
