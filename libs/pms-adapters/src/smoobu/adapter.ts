import {
  parseJson,
  provesKey,
  type Admission,
  type PmsAdapter,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { decode } from './decode.ts';
import { errorCode } from './errors.ts';
import { CLOCKS, MAPPING } from './mapping.ts';
import { push } from './push.ts';
import { listings, readRequest } from './requests.ts';
import { readOn } from './conversation.ts';
import { sign } from './signature.ts';
import { readUsage } from './usage.ts';

/** Smoobu. What is documented, what others have seen, and what is neither, is in README.md. */
export const smoobu: PmsAdapter = {
  provider: 'smoobu',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'secret-in-query',
    pushes: ['reservation'],
    reads: ['reservation', 'property', 'message', 'availability', 'rate'],
    readsAtOnce: { availability: 24, rate: 24 },
    token: 'request-signing',
  },
  clocks: CLOCKS,
  limits: [{ scope: 'account', limit: 1_000, windowMs: 60_000 }],
  // The guest's own pages, which show codes of doors.
  secretFields: ['guest-app-url'],
  baseUrl: 'https://login.smoobu.com',
  admit,
  decode,
  readRequest,
  readOn,
  listings,
  push,
  readUsage,
  token: { kind: 'request-signing', credentialFields: ['apiKey', 'apiSecret'], sign },
  probe: { method: 'GET', path: '/api/me' },
  errorCode,
};

/** Nothing is signed: the address that was typed in by hand has the key. */
function admit({ query, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesKey(query['key'], secrets)) return { kind: 'forged', reason: 'no such key in the address' };
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}
