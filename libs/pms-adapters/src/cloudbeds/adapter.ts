import {
  parseJson,
  provesKey,
  type Admission,
  type Decoded,
  type PmsAdapter,
  type RawMessage,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { decodeAnswer, decodeWebhook } from './decode.ts';
import { errorCode, failed } from './errors.ts';
import { CLOCKS, MAPPING } from './mapping.ts';
import { push } from './push.ts';
import { listings, readRequest, READS_AT_ONCE } from './requests.ts';
import { token } from './token.ts';
import { webhooks } from './webhooks.ts';

/** Cloudbeds, PMS API v1.3. What is documented, and what is not, is in README.md. */
export const cloudbeds: PmsAdapter = {
  provider: 'cloudbeds',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'secret-in-query',
    pushes: [],
    reads: ['reservation', 'property', 'unit-type', 'unit', 'unit-status', 'ticket'],
    readsAtOnce: { reservation: READS_AT_ONCE, unit: READS_AT_ONCE, 'unit-status': READS_AT_ONCE, ticket: READS_AT_ONCE },
    token: 'rotating-refresh-token',
  },
  clocks: CLOCKS,
  // More than this costs the credentials themselves.
  limits: [{ scope: 'account', limit: 5, windowMs: 1_000 }],
  secretFields: ['cardNumber', 'doorlockID'],
  baseUrl: 'https://api.cloudbeds.com/api/v1.3',
  admit,
  decode,
  // A connection is of one house.
  houseOf: (_unit, { account }) => account ?? undefined,
  readRequest,
  listings,
  webhooks,
  push,
  token,
  probe: { method: 'GET', path: '/userinfo' },
  failed,
  errorCode,
};

/** Nothing of the sender's proves it: the secret is in the address that we have registered. */
function admit({ query, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesKey(query['key'], secrets)) return { kind: 'forged', reason: 'no such key' };
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}

function decode(raw: RawMessage): Decoded {
  return raw.context.via === 'read' ? decodeAnswer(raw) : decodeWebhook(raw);
}
