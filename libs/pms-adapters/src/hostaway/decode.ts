import type { EntityRecord } from '@roomwire/events';
import {
  decoded,
  goneOf,
  jsonPointer,
  parseJson,
  rejected,
  rejectOf,
  type Decoded,
  type Hint,
  type RawMessage,
} from '@roomwire/pms-port';
import { listingOf, MAPPING, messageId, messageOf, reservationOf, STATUSES } from './mapping.ts';
import { wireAnswer, wireListing, wireMessage, wireReservation, wireWebhook } from './wire.ts';

export function decode(raw: RawMessage): Decoded {
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
