import {
  parseJson,
  provesKey,
  type Admission,
  type Decoded,
  type PmsAdapter,
  type Proof,
  type RawMessage,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { decodeAnswer, decodePush } from './decode.ts';
import { errorCode } from './errors.ts';
import { CLOCKS, MAPPING } from './mapping.ts';
import { COUNT, probe } from './operations.ts';
import { push } from './push.ts';
import { listings, readRequest } from './requests.ts';
import { wireIntegration, wireIntegrationData, wireSocket } from './wire.ts';

/** Mews, Connector API. What is documented, and what is not, is in README.md. */
export const mews: PmsAdapter = {
  provider: 'mews',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'secret-in-query',
    pushes: [],
    reads: ['reservation', 'property', 'unit', 'unit-status', 'ticket', 'task'],
    // Tickets are of two operations, which one request cannot ask for.
    readsAtOnce: { reservation: COUNT, unit: COUNT, 'unit-status': COUNT },
    token: 'static-fields',
  },
  clocks: CLOCKS,
  limits: [{ scope: 'token', limit: 200, windowMs: 30_000 }],
  secretFields: ['ClientToken', 'AccessToken', 'ApiKey'],
  baseUrl: 'https://api.mews.com',
  admit,
  decode,
  // A connection is of one house.
  houseOf: (_unit, { account }) => account ?? undefined,
  readRequest,
  listings,
  push,
  socket: { baseUrlOf, open },
  token: {
    kind: 'static-fields',
    credentialFields: ['clientToken', 'accessToken'],
    fields: ({ clientToken = '', accessToken = '' }) => ({ ClientToken: clientToken, AccessToken: accessToken }),
  },
  probe,
  errorCode,
};

/**
 * `?Token=…`, as agreed with Mews' support. An integration webhook brings an access token: of whatever is no list of events only names
 * are kept.
 */
function admit({ query, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesKey(query['Token'], secrets)) return { kind: 'forged', reason: 'no such token' };
  const told = parseJson(body);
  if (told === undefined) return { kind: 'malformed', reason: 'not JSON' };
  if (wireSocket.safeParse(told).success) return { kind: 'genuine', body };
  const { Action, Data } = wireIntegration.safeParse(told).data ?? {};
  const kept = { Action, Data: wireIntegrationData.safeParse(Data).data ?? {} };
  return { kind: 'genuine', body: new TextEncoder().encode(JSON.stringify(kept)) };
}

function decode(raw: RawMessage): Decoded {
  return raw.context.via === 'read' ? decodeAnswer(raw) : decodePush(raw);
}

/** `ws.mews.com` beside `api.mews.com`, and so for the demo; any other host serves both. */
function baseUrlOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host.replace(/^api\.(?=mews)/, 'ws.')}`;
}

/** Tokens as cookies, without a blank. */
function open(proof: Proof): { path: string; headers: Record<string, string> } {
  const fields = proof.kind === 'fields' ? proof.fields : {};
  const cookies = ['ClientToken', 'AccessToken'].map((name) => `${name}=${encodeURIComponent(fields[name] ?? '')}`);
  return { path: '/ws/connector', headers: { cookie: cookies.join('; ') } };
}
