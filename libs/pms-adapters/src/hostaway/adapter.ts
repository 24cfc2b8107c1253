import type { EntityRecord } from '@roomwire/events';
import {
  decoded,
  goneOf,
  jsonPointer,
  parseJson,
  pathSegment,
  PmsError,
  provesLogin,
  rejected,
  rejectOf,
  type Admission,
  type Decoded,
  type ErrorAnswer,
  type Hint,
  type HttpRequest,
  type PmsAdapter,
  type RawMessage,
  type ReadJob,
  type ReadPlan,
  type TokenGrant,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { CLOCKS, errorCode, listingOf, MAPPING, messageId, messageOf, reservationOf, STATUSES } from './mapping.ts';
import { wireAnswer, wireFailure, wireListing, wireMessage, wireReservation, wireToken, wireWebhook } from './wire.ts';

/** Hostaway, Public API v1. What is documented, and what is not, is in README.md. */
export const hostaway: PmsAdapter = {
  provider: 'hostaway',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'basic',
    pushes: ['reservation', 'message'],
    reads: ['reservation', 'property', 'message'],
    token: 'client-credentials',
  },
  clocks: CLOCKS,
  limits: [
    { scope: 'egress', limit: 15, windowMs: 10_000 },
    { scope: 'account', limit: 20, windowMs: 10_000 },
  ],
  secretFields: ['doorCode', 'doorCodeInstruction', 'ccNumber', 'cvc', 'ccExpirationYear', 'ccExpirationMonth'],
  baseUrl: 'https://api.hostaway.com',
  admit,
  decode,
  readRequest,
  token: { kind: 'client-credentials', credentialFields: ['clientId', 'clientSecret'], grantRequest, grantAnswer },
  failed,
  errorCode,
};

function admit({ headers, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesLogin(headers['authorization'], secrets)) return { kind: 'forged', reason: 'no such login' };
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}

function decode(raw: RawMessage): Decoded {
  return raw.context.via === 'read' ? decodeAnswer(raw) : decodeWebhook(raw);
}

type Path = readonly PropertyKey[];

function decodeWebhook(raw: RawMessage): Decoded {
  const body = webhookBody(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const webhook = wireWebhook.safeParse(body);
  if (!webhook.success) return decoded({ rejects: [rejectOf(webhook.error, body)] });
  const { event, accountId } = webhook.data;
  if (isForeign(raw, accountId)) return rejected('wrong-account', 'names another account', '/accountId');
  const { data, path } = dataOf(body as Record<string, unknown>);
  if (event === 'reservation.created' || event === 'reservation.updated') return decodeReservation(raw, data, path);
  if (event === 'message.received') return decodeMessage(raw, data, path);
  return decoded({ ignored: [`event ${JSON.stringify(event.slice(0, 64).toWellFormed())}`] });
}

/** One receiver has seen the document encoded twice, as a JSON text of JSON. */
function webhookBody(bytes: Uint8Array): unknown {
  const body = parseJson(bytes);
  return typeof body === 'string' ? parseJson(body) : body;
}

/** Usually `data`; one receiver has seen `payload.data`. */
function dataOf({ data, payload }: Record<string, unknown>): { data: unknown; path: Path } {
  if (data !== undefined || typeof payload !== 'object' || payload === null) return { data, path: ['data'] };
  return { data: (payload as { data?: unknown }).data, path: ['payload', 'data'] };
}

function isForeign(raw: RawMessage, accountId: string | null | undefined): boolean {
  return raw.account !== null && typeof accountId === 'string' && accountId !== raw.account;
}

function decodeReservation(raw: RawMessage, data: unknown, path: Path, asked?: string): Decoded {
  const parsed = wireReservation.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  const { id, status } = parsed.data;
  if (asked !== undefined && id !== asked) return anotherEntity(path);
  const { telling, owed } = reservationOf(raw, parsed.data);
  const answer = told(
    telling,
    owed && asked === undefined ? { kind: 'reservation', entity: id, reason: 'hint', ...owed } : undefined,
  );
  // A push of a status that nobody knows is read; a read of one is for a person to see. What else it says is told.
  const isForeignStatus = asked !== undefined && !!status && !Object.hasOwn(STATUSES, status);
  return isForeignStatus
    ? { ...answer, ...rejected('schema', 'no documented status', jsonPointer([...path, 'status'])), tellings: answer.tellings }
    : answer;
}

function decodeMessage(raw: RawMessage, data: unknown, path: Path, asked?: string): Decoded {
  const parsed = wireMessage.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  if (isForeign(raw, parsed.data.accountId))
    return rejected('wrong-account', 'names another account', jsonPointer([...path, 'accountId']));
  const entity = messageId(parsed.data);
  if (asked !== undefined && entity !== asked) return anotherEntity(path);
  const { telling, owed } = messageOf(raw, parsed.data);
  return told(telling, owed && asked === undefined ? { kind: 'message', entity, reason: 'hint', ...owed } : undefined);
}

function decodeListing(raw: RawMessage, data: unknown, path: Path, asked: string): Decoded {
  const parsed = wireListing.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  return parsed.data.id === asked ? decoded({ tellings: listingOf(raw, parsed.data) }) : anotherEntity(path);
}

function told(telling: EntityRecord | undefined, hint: Hint | undefined): Decoded {
  return decoded({ tellings: telling ? [telling] : [], hints: hint ? [hint] : [] });
}

function anotherEntity(path: Path): Decoded {
  return rejected('unreadable-answer', 'the answer is about another entity', jsonPointer([...path, 'id']));
}

function decodeAnswer(raw: RawMessage): Decoded {
  if (raw.context.via !== 'read') return decoded({});
  const { read } = raw.context;
  const [asked] = read.ids ?? [];
  if (asked === undefined) return rejected('unreadable-answer', 'the read named no id');
  if (read.status === 404) return decoded({ tellings: [goneOf(raw, read, asked, MAPPING)] });
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const answer = wireAnswer.safeParse(body);
  if (!answer.success) return decoded({ rejects: [{ ...rejectOf(answer.error, body), reason: 'unreadable-answer' }] });
  const path = ['result'];
  if (read.operation === 'reservation') return decodeReservation(raw, answer.data.result, path, asked);
  if (read.operation === 'message') return decodeMessage(raw, answer.data.result, path, asked);
  if (read.operation === 'listing') return decodeListing(raw, answer.data.result, path, asked);
  return rejected('unreadable-answer', 'an operation of another time');
}

function readRequest({ kind, entities: [entity = ''] }: ReadJob): ReadPlan {
  const plan = (operation: string, path: string): ReadPlan => ({ operation, method: 'GET', path, ids: [entity], answers: [404] });
  if (kind === 'reservation') return plan('reservation', `/v1/reservations/${pathSegment(entity)}?includeResources=1`);
  if (kind === 'property') return plan('listing', `/v1/listings/${pathSegment(entity)}`);
  const [conversation, message, ...more] = entity.split('/');
  if (kind === 'message' && conversation && message && more.length === 0)
    return plan('message', `/v1/conversations/${pathSegment(conversation)}/messages/${pathSegment(message)}`);
  throw new PmsError('invalid-request', { provider: 'hostaway', operation: `read-${kind}`, detail: 'no such id or kind' });
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

function failed({ body }: ErrorAnswer): boolean {
  return wireFailure.safeParse(parseJson(body)).success;
}
