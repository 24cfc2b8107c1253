import type { EntityRecord, ReadContext } from '@roomwire/events';
import {
  anotherEntity,
  decoded,
  goneOf,
  jsonPointer,
  parseJson,
  rejected,
  rejectOf,
  together,
  type Decoded,
  type Hint,
  type RawMessage,
} from '@roomwire/pms-port';
import type { z } from 'zod';
import { decodeCalendar } from './calendar.ts';
import { doorsOf, listingOf, MAPPING, messageId, messageOf, reservationOf, STATUSES, taskOf } from './mapping.ts';
import { TASK_STATUSES } from './task.ts';
import { wireAnswer, wireList, wireListing, wireMessage, wireReservation, wireTask, wireUnit, wireWebhook } from './wire.ts';

export function decode(raw: RawMessage): Decoded {
  return raw.context.via === 'read' ? decodeAnswer(raw, raw.context.read) : decodeWebhook(raw);
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
  if (asked !== undefined && id !== asked) return anotherEntity([...path, 'id']);
  const { telling, owed } = reservationOf(raw, parsed.data);
  const answer = told(
    telling,
    owed && asked === undefined ? { kind: 'reservation', entity: id, reason: 'hint', ...owed } : undefined,
  );
  // A push of a status that nobody knows is read; a read of one is for a person to see. What else it says is told.
  const isForeignStatus = asked !== undefined && !!status && !Object.hasOwn(STATUSES, status);
  return isForeignStatus ? { ...answer, rejects: foreignStatus(path).rejects } : answer;
}

function decodeMessage(raw: RawMessage, data: unknown, path: Path, asked?: string): Decoded {
  const parsed = wireMessage.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  if (isForeign(raw, parsed.data.accountId))
    return rejected('wrong-account', 'names another account', jsonPointer([...path, 'accountId']));
  const entity = messageId(parsed.data);
  if (asked !== undefined && entity !== asked) return anotherEntity([...path, 'id']);
  const { telling, owed } = messageOf(raw, parsed.data);
  return told(telling, owed && asked === undefined ? { kind: 'message', entity, reason: 'hint', ...owed } : undefined);
}

function decodeListing(raw: RawMessage, data: unknown, path: Path, asked?: string): Decoded {
  const parsed = wireListing.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  if (asked !== undefined && parsed.data.id !== asked) return anotherEntity([...path, 'id']);
  const tellings = listingOf(raw, parsed.data);
  return decoded(tellings.length > 0 ? { tellings } : { ignored: ['a listing without a name'] });
}

function decodeTask(raw: RawMessage, data: unknown, path: Path, asked?: string): Decoded {
  const parsed = wireTask.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  const { id, status } = parsed.data;
  if (asked !== undefined && id !== asked) return anotherEntity([...path, 'id']);
  const telling = taskOf(raw, parsed.data);
  if (status && !Object.hasOwn(TASK_STATUSES, status))
    return { ...told(telling, undefined), rejects: foreignStatus(path).rejects };
  return telling ? told(telling, undefined) : decoded({ ignored: ['a task that is not carried whole'] });
}

/** None: the listing is a single unit, or so it seems; the documents do not say what is answered then. */
function decodeDoors(raw: RawMessage, doors: readonly unknown[], path: Path, asked: string): Decoded {
  if (doors.length === 0) return decoded({ ignored: ['a listing without units'] });
  const parsed = doors.map((door) => wireUnit.safeParse(door));
  const rejects = parsed.flatMap(({ error }, index) => (error ? [rejectOf(error, doors[index], [...path, index])] : []));
  // A quantity of those alone that can be read would be a wrong one.
  if (rejects.length > 0) return decoded({ rejects });
  return decoded({
    tellings: doorsOf(
      raw,
      asked,
      parsed.flatMap(({ data }) => data ?? []),
    ),
  });
}

function told(telling: EntityRecord | undefined, hint: Hint | undefined): Decoded {
  return decoded({ tellings: telling ? [telling] : [], hints: hint ? [hint] : [] });
}

function foreignStatus(path: Path): Decoded {
  return rejected('schema', 'no documented status', jsonPointer([...path, 'status']));
}

/** By what was asked: of one entity, of the entity's own list, and of an item of a page. */
const ONE: Readonly<Record<string, (raw: RawMessage, data: unknown, path: Path, asked: string) => Decoded>> = {
  reservation: decodeReservation,
  message: decodeMessage,
  listing: decodeListing,
  task: decodeTask,
};
const OF_ONE: Readonly<Record<string, (raw: RawMessage, list: readonly unknown[], path: Path, asked: string) => Decoded>> = {
  calendar: decodeCalendar,
  'listing-units': decodeDoors,
};
const ITEM: Readonly<Record<string, (raw: RawMessage, data: unknown, path: Path) => Decoded>> = {
  'list-reservations': decodeReservation,
  'list-listings': decodeListing,
  'list-tasks': decodeTask,
};

const RESULT = ['result'];

function decodeAnswer(raw: RawMessage, read: ReadContext): Decoded {
  const { operation, status } = read;
  const [asked] = read.ids ?? [];
  if (asked !== undefined && status === 404) return decoded({ tellings: [goneOf(raw, read, asked, MAPPING)] });
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const [one, ofOne, item] = [own(ONE, operation), own(OF_ONE, operation), own(ITEM, operation)];
  if (one && asked !== undefined) return readable(body, wireAnswer, (result) => one(raw, result, RESULT, asked));
  if (ofOne && asked !== undefined) return readable(body, wireList, (result) => ofOne(raw, result, RESULT, asked));
  if (item) return readable(body, wireList, (result) => decodePage(raw, result, item));
  return rejected('unreadable-answer', 'an operation of another time');
}

function readable<T>(body: unknown, schema: z.ZodType<{ result: T }>, understand: (result: T) => Decoded): Decoded {
  const answer = schema.safeParse(body);
  if (answer.success) return understand(answer.data.result);
  return decoded({ rejects: [{ ...rejectOf(answer.error, body), reason: 'unreadable-answer' }] });
}

function decodePage(raw: RawMessage, items: readonly unknown[], item: (typeof ITEM)[string]): Decoded {
  if (items.length === 0) return decoded({ ignored: ['an empty page'] });
  return together(items.map((each, index) => item(raw, each, [...RESULT, index])));
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
