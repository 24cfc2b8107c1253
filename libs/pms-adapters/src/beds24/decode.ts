import { calendarEntity, parseCalendarEntity, type EntityRecord, type ReadContext } from '@roomwire/events';
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
import { bookingOf, calendarOf, isNote, MAPPING, messageOf, monthsFrom, propertyOf, STATUSES } from './mapping.ts';
import { wireAnswer, wireBooking, wireCalendar, wireMessage, wireNotice, wireProperty, wireSync, wireWebhook } from './wire.ts';

/** Months that are read anew when a room's calendar changed: the one it is, and a year. */
const MONTHS_HINTED = 13;

export function decode(raw: RawMessage): Decoded {
  return raw.context.via === 'read' ? decodeAnswer(raw, raw.context.read) : decodeWebhook(raw);
}

type Path = readonly PropertyKey[];
/** The entities that a read was for; undefined for a push and for a page. */
type Asked = readonly string[] | undefined;

/** The documents say one object; somebody has seen a list of them. */
function decodeWebhook(raw: RawMessage): Decoded {
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  if (!Array.isArray(body)) return decodeNotice(raw, body, []);
  if (body.length === 0) return decoded({ ignored: ['a list of nothing'] });
  return together(body.map((notice, index) => decodeNotice(raw, notice, [index])));
}

function decodeNotice(raw: RawMessage, notice: unknown, path: Path): Decoded {
  const { action } = wireNotice.safeParse(notice).data ?? {};
  if (action === 'SYNC_ROOM') return decodeSync(raw, notice, path);
  if (action !== undefined) return decoded({ ignored: [`action ${JSON.stringify(action.slice(0, 64).toWellFormed())}`] });
  const webhook = wireWebhook.safeParse(notice);
  if (!webhook.success) return decoded({ rejects: [rejectOf(webhook.error, notice, path)] });
  const { booking, messages } = webhook.data;
  const told = decodeBooking(raw, booking, [...path, 'booking']);
  const said = (messages ?? []).map((message, index) =>
    decodeMessage(raw, inBooking(message, booking), [...path, 'messages', index]),
  );
  return together([told, ...said]);
}

/** A message that rides on its booking may leave out whose it is. */
function inBooking(message: unknown, booking: Record<string, unknown>): unknown {
  return typeof message === 'object' && message !== null ? { bookingId: booking['id'], ...message } : message;
}

/**
 * Bookings, dates, prices: whatever it was, the room's calendar is read. One read answers for what is free and what it costs, so
 * one of the kinds is hinted. The bookings themselves have a webhook of their own.
 */
function decodeSync(raw: RawMessage, notice: unknown, path: Path): Decoded {
  const sync = wireSync.safeParse(notice);
  if (!sync.success) return decoded({ rejects: [rejectOf(sync.error, notice, path)] });
  const { roomId, ownerId } = sync.data;
  if (raw.account !== null && typeof ownerId === 'string' && ownerId !== raw.account)
    return rejected('wrong-account', 'names another account', jsonPointer([...path, 'ownerId']));
  const hints = monthsFrom(raw.context.receivedAt.slice(0, 7), MONTHS_HINTED).map((month): Hint => ({
    kind: 'availability',
    entity: calendarEntity(roomId, month),
    reason: 'hint',
  }));
  return decoded({ hints });
}

function decodeBooking(raw: RawMessage, value: unknown, path: Path, asked?: Asked): Decoded {
  const parsed = wireBooking.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, value, path)] });
  const { id, status } = parsed.data;
  if (asked && !asked.includes(id)) return anotherEntity([...path, 'id']);
  const { telling, owed } = bookingOf(raw, parsed.data);
  const answer = told(raw, telling, owed && { kind: 'reservation', entity: id, reason: 'hint', ...owed });
  // A push of a status that nobody knows is read; a read of one is for a person to see. What else it says is told.
  const isForeignStatus = raw.context.via === 'read' && !!status && !Object.hasOwn(STATUSES, status);
  return isForeignStatus
    ? { ...answer, ...rejected('schema', 'no documented status', jsonPointer([...path, 'status'])), tellings: answer.tellings }
    : answer;
}

function decodeMessage(raw: RawMessage, value: unknown, path: Path, asked?: Asked): Decoded {
  const parsed = wireMessage.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, value, path)] });
  const { id } = parsed.data;
  if (asked && !asked.includes(id)) return anotherEntity([...path, 'id']);
  if (!asked && isNote(parsed.data)) return decoded({ ignored: ['a note'] });
  const { telling, owed } = messageOf(raw, parsed.data);
  return told(raw, telling, owed && { kind: 'message', entity: id, reason: 'hint', ...owed });
}

function decodeProperty(raw: RawMessage, value: unknown, path: Path, asked?: Asked): Decoded {
  const parsed = wireProperty.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, value, path)] });
  if (asked && !asked.includes(parsed.data.id)) return anotherEntity([...path, 'id']);
  return decoded({ tellings: propertyOf(raw, parsed.data) });
}

function decodeCalendar(raw: RawMessage, value: unknown, path: Path, asked?: Asked): Decoded {
  const parsed = wireCalendar.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, value, path)] });
  const { roomId } = parsed.data;
  if (asked && !asked.some((entity) => parseCalendarEntity(entity)?.unitType === roomId))
    return anotherEntity([...path, 'roomId']);
  return decoded({ tellings: calendarOf(raw, parsed.data, asked) });
}

/** Only a push hints: what has just been read would be read for ever. */
function told({ context }: RawMessage, telling: EntityRecord | undefined, hint: Hint | undefined): Decoded {
  return decoded({ tellings: telling ? [telling] : [], hints: hint && context.via === 'push' ? [hint] : [] });
}

const DECODERS: ReadonlyMap<string, typeof decodeBooking> = new Map([
  ['bookings', decodeBooking],
  ['messages', decodeMessage],
  ['properties', decodeProperty],
  ['calendar', decodeCalendar],
]);

/** By ids or by pages: the same list. An operation is `<list>` or `<list>-page`. */
function decodeAnswer(raw: RawMessage, read: ReadContext): Decoded {
  const { kind, operation, ids } = read;
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const answer = wireAnswer.safeParse(body);
  if (!answer.success) return decoded({ rejects: [{ ...rejectOf(answer.error, body), reason: 'unreadable-answer' }] });
  const decodeItem = DECODERS.get(operation.replace(/-page$/, ''));
  if (!decodeItem) return rejected('unreadable-answer', 'an operation of another time');
  const { data, pages } = answer.data;
  const said = together(data.map((item, index) => decodeItem(raw, item, ['data', index], ids)));
  if (!ids) return data.length === 0 ? decoded({ ignored: ['a page of nothing'] }) : said;
  const there = new Set(said.tellings.filter((telling) => telling.kind === kind).map(({ entity }) => entity));
  const missing = ids.filter((id) => !there.has(id));
  if (missing.length === 0 || said.rejects.length > 0) return said;
  if (pages?.nextPageExists) return together([said, rejected('unreadable-answer', 'more than a page of what was asked for')]);
  return together([said, decoded({ tellings: missing.map((id) => goneOf(raw, read, id, MAPPING)) })]);
}
