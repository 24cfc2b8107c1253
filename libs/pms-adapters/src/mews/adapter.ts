import type { Kind } from '@roomwire/events';
import {
  decoded,
  parseJson,
  PmsError,
  provesKey,
  rejected,
  rejectOf,
  type AccountContext,
  type Admission,
  type Decoded,
  type Hint,
  type PmsAdapter,
  type Proof,
  type RawMessage,
  type ReadJob,
  type ReadPlan,
  type Reject,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { decodeAnswer } from './answers.ts';
import { listings } from './listings.ts';
import { CLOCKS, errorCode, MAPPING } from './mapping.ts';
import { COUNT, listRequest, mewsId, operationOf, OPERATIONS } from './operations.ts';
import { push } from './push.ts';
import {
  guid,
  wireIntegration,
  wireIntegrationData,
  wireSocket,
  wireSocketEvent,
  wireWebhook,
  wireWebhookEvent,
} from './wire.ts';

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
  readRequest,
  listings,
  push,
  socket: { baseUrl: 'wss://ws.mews.com', open },
  token: {
    kind: 'static-fields',
    credentialFields: ['clientToken', 'accessToken'],
    fields: ({ clientToken = '', accessToken = '' }) => ({ ClientToken: clientToken, AccessToken: accessToken }),
  },
  errorCode,
};

/** `?Token=…`, as agreed with Mews' support. Of an integration webhook, which brings an access token, only names are kept. */
function admit({ query, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesKey(query['Token'], secrets)) return { kind: 'forged', reason: 'no such token' };
  const told = parseJson(body);
  if (told === undefined) return { kind: 'malformed', reason: 'not JSON' };
  const integration = wireIntegration.safeParse(told);
  if (!integration.success) return { kind: 'genuine', body };
  const { Action, Data } = integration.data;
  const kept = { Action, Data: wireIntegrationData.safeParse(Data).data ?? {} };
  return { kind: 'genuine', body: new TextEncoder().encode(JSON.stringify(kept)) };
}

function decode(raw: RawMessage): Decoded {
  return raw.context.via === 'read' ? decodeAnswer(raw) : decodePush(raw);
}

function decodePush(raw: RawMessage): Decoded {
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const integration = wireIntegration.safeParse(body);
  if (integration.success) return decoded({ ignored: [`integration event ${quoted(integration.data.Action)}`] });
  return typeof body === 'object' && body !== null && 'EnterpriseId' in body ? decodeWebhook(raw, body) : decodeSocket(body);
}

/** By Mews' word for what happened. Messages cannot be read by their ids; customers and payments are no entities of ours. */
const WEBHOOK: Readonly<Record<string, Kind>> = {
  ServiceOrderUpdated: 'reservation',
  ResourceUpdated: 'unit-status',
  ResourceBlockUpdated: 'ticket',
};
const SOCKET: Readonly<Record<string, Kind>> = { Reservation: 'reservation', Resource: 'unit-status' };

function decodeWebhook(raw: RawMessage, body: object): Decoded {
  const webhook = wireWebhook.safeParse(body);
  if (!webhook.success) return decoded({ rejects: [rejectOf(webhook.error, body)] });
  if (raw.account !== null && webhook.data.EnterpriseId !== raw.account)
    return rejected('wrong-account', 'names another enterprise', '/EnterpriseId');
  return hintsOf(webhook.data.Events, WEBHOOK, (event) => {
    const { data, error } = wireWebhookEvent.safeParse(event);
    return data ? { what: data.Discriminator, id: data.Value.Id } : { error };
  });
}

function decodeSocket(body: unknown): Decoded {
  const message = wireSocket.safeParse(body);
  if (!message.success) return decoded({ rejects: [rejectOf(message.error, body)] });
  return hintsOf(message.data.Events, SOCKET, (event) => {
    const { data, error } = wireSocketEvent.safeParse(event);
    return data ? { what: data.Type, id: data.Id } : { error };
  });
}

type Event = { what: string; id: string } | { error: Parameters<typeof rejectOf>[0] };

/** Hundreds of events, each to be read; the bad ones do not spoil the others. */
function hintsOf(events: readonly unknown[], kinds: Readonly<Record<string, Kind>>, read: (event: unknown) => Event): Decoded {
  const hints: Hint[] = [];
  const rejects: Reject[] = [];
  const ignored = new Set(events.length === 0 ? ['no events'] : []);
  events.forEach((value, index) => {
    const event = read(value);
    if ('error' in event) return void rejects.push(rejectOf(event.error, value, ['Events', index]));
    const kind = Object.hasOwn(kinds, event.what) ? kinds[event.what] : undefined;
    if (kind) hints.push({ kind, entity: event.id, reason: 'hint' });
    else ignored.add(`event ${quoted(event.what)}`);
  });
  return decoded({ hints, rejects, ignored: [...ignored] });
}

function quoted(word: string): string {
  return JSON.stringify(word.slice(0, 64).toWellFormed());
}

/** Without the enterprise no reservation could be told: it does not name its own. */
function readRequest({ kind, entities }: ReadJob, { account }: AccountContext): ReadPlan {
  const refused = (detail: string) => new PmsError('invalid-request', { provider: 'mews', operation: `read-${kind}`, detail });
  if (account === null) throw refused('the connection names no enterprise as its account');
  const [name, ...others] = new Set(entities.map((entity) => operationOf(kind, entity)));
  if (!name || others.length > 0) throw refused('no such kind, or ids of two kinds');
  const ids = entities.map(mewsId);
  if (!ids.every((id) => guid.safeParse(id).success)) throw refused('no such id');
  return { ...listRequest(name, { [OPERATIONS[name].ids]: ids }), ids: [...entities] };
}

/** Tokens as cookies, without a blank. */
function open(proof: Proof): { path: string; headers: Record<string, string> } {
  const fields = proof.kind === 'fields' ? proof.fields : {};
  const cookies = ['ClientToken', 'AccessToken'].map((name) => `${name}=${encodeURIComponent(fields[name] ?? '')}`);
  return { path: '/ws/connector', headers: { cookie: cookies.join('; ') } };
}
