import { calendarEntity, parseCalendarEntity, type EntityRecord, type Kind, type ReadContext } from '@roomwire/events';
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
import type { output, ZodType } from 'zod';
import { indexOf, isWhole } from './conversation.ts';
import { apartmentOf, calendarOf, MAPPING, messageId, messageOf, reservationOf, TYPES } from './mapping.ts';
import {
  wireApartment,
  wireApartments,
  wireEntity,
  wireMessage,
  wireMessages,
  wireNewMessage,
  wireNight,
  wireNights,
  wireOfBooking,
  wireRates,
  wireRatesOf,
  wireReservation,
  wireReservations,
  wireWebhook,
} from './wire.ts';

/** Months that are read anew when an apartment's rates changed and nobody says when: the one it is, and a year. */
const MONTHS_HINTED = 13;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-\d\d$/;

export function decode(raw: RawMessage): Decoded {
  return raw.context.via === 'read' ? decodeAnswer(raw, raw.context.read) : decodeWebhook(raw);
}

type Path = readonly PropertyKey[];

function decodeWebhook(raw: RawMessage): Decoded {
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const webhook = wireWebhook.safeParse(body);
  if (!webhook.success) return decoded({ rejects: [rejectOf(webhook.error, body)] });
  const { action, user } = webhook.data;
  if (raw.account !== null && typeof user === 'string' && user !== raw.account)
    return rejected('wrong-account', 'names another account', '/user');
  const { data, path } = dataOf(body as Record<string, unknown>);
  if (action === 'newReservation' || action === 'updateReservation') return decodeReservation(raw, data, path);
  if (action === 'cancelReservation') return decodeCancellation(raw, data, path);
  if (action === 'deleteReservation')
    return hinted(wireEntity, data, path, ({ id }) => ({ ...hintOf('reservation', id), gone: true }));
  if (action === 'newMessage')
    return hinted(wireNewMessage, data, path, ({ id, booking }) => hintOf('message', messageId(booking.id, id)));
  if (action === 'updateRates') return decodeRatesNotice(raw, data);
  if (action === 'onlineCheckInUpdate' || action.startsWith('priceElement')) return decodeBookingNotice(data, path);
  return decoded({ ignored: [`action ${JSON.stringify(action.slice(0, 64).toWellFormed())}`] });
}

/** Usually `data`; `booking` has been seen, and a document without either. */
function dataOf(body: Record<string, unknown>): { data: unknown; path: Path } {
  if (body['data'] !== undefined) return { data: body['data'], path: ['data'] };
  return body['booking'] === undefined ? { data: body, path: [] } : { data: body['booking'], path: ['booking'] };
}

function hintOf(kind: Kind, entity: string): Hint {
  return { kind, entity, reason: 'hint' };
}

/** What names an entity and says nothing of it. A deletion too: only a read can say that it is gone. */
function hinted<S extends ZodType>(wire: S, data: unknown, path: Path, hint: (of: output<S>) => Hint): Decoded {
  const parsed = wire.safeParse(data);
  return parsed.success ? decoded({ hints: [hint(parsed.data)] }) : decoded({ rejects: [rejectOf(parsed.error, data, path)] });
}

/** Nobody documents these: where a booking can be found in them, it is read. */
function decodeBookingNotice(data: unknown, path: Path): Decoded {
  const parsed = wireOfBooking.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  const { bookingId, reservationId, booking } = parsed.data;
  const id = bookingId ?? reservationId ?? booking?.id;
  return id ? decoded({ hints: [hintOf('reservation', id)] }) : decoded({ ignored: ['a notice of no booking'] });
}

/** One read answers for what is free and what it costs, so one of the kinds is hinted. */
function decodeRatesNotice({ context }: RawMessage, data: unknown): Decoded {
  const apartment = wireRatesOf.safeParse(data).data?.apartmentId;
  const first = Temporal.PlainYearMonth.from(context.receivedAt.slice(0, 7));
  const calendars = apartment
    ? Array.from({ length: MONTHS_HINTED }, (_, months) => calendarEntity(apartment, first.add({ months }).toString()))
    : datesByApartment(data).map(({ id, date }) => calendarEntity(id, date.slice(0, 7)));
  if (calendars.length === 0) return decoded({ ignored: ['rates in a form that nobody documents'] });
  return decoded({ hints: [...new Set(calendars)].map((entity) => hintOf('availability', entity)) });
}

function datesByApartment(data: unknown): { id: string; date: string }[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([id, dates]: [string, unknown]) =>
    /^\d+$/.test(id) && typeof dates === 'object' && dates !== null
      ? Object.keys(dates).flatMap((date) => (DATE.test(date) ? [{ id, date }] : []))
      : [],
  );
}

/** One that does not call itself cancelled contradicts its own notice: it is read. */
function decodeCancellation(raw: RawMessage, data: unknown, path: Path): Decoded {
  const parsed = wireReservation.safeParse(data);
  if (!parsed.success || parsed.data.type === 'cancellation') return decodeReservation(raw, data, path);
  return decoded({ hints: [hintOf('reservation', parsed.data.id)] });
}

function decodeReservation(raw: RawMessage, data: unknown, path: Path, asked?: string): Decoded {
  const parsed = wireReservation.safeParse(data);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, data, path)] });
  const { id, type } = parsed.data;
  if (asked !== undefined && id !== asked) return anotherEntity([...path, 'id']);
  const { telling, owed } = reservationOf(raw, parsed.data);
  const isRead = raw.context.via === 'read';
  const answer = decoded({ ...told(telling), hints: owed && !isRead ? [{ ...hintOf('reservation', id), ...owed }] : [] });
  // A push of a type that nobody knows is read; a read of one is for a person to see. What else it says is told.
  return isRead && !!type && !Object.hasOwn(TYPES, type)
    ? { ...answer, ...rejected('schema', 'no known type', jsonPointer([...path, 'type'])), tellings: answer.tellings }
    : answer;
}

function told(...tellings: (EntityRecord | undefined)[]): Decoded {
  return decoded({ tellings: tellings.filter((telling) => telling !== undefined) });
}

function decodeAnswer(raw: RawMessage, read: ReadContext): Decoded {
  const { operation, ids } = read;
  const gone = (entities: readonly string[]) => decoded({ tellings: entities.map((id) => goneOf(raw, read, id, MAPPING)) });
  if (read.status === 404 && ids) return gone(ids);
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const [asked = ''] = ids ?? [];
  if (operation === 'reservation') return decodeReservation(raw, body, [], asked);
  if (operation === 'apartment') return decodeApartment(raw, body, asked);
  if (operation === 'messages') return decodeMessages(raw, body, { asked, page: Number(read.cursor ?? 1) }, gone);
  if (operation === 'rates') return decodeRates(raw, body, ids, gone);
  if (operation === 'rates-page') return decodeRates(raw, body, undefined, gone);
  if (operation === 'reservations-page')
    return decodePage(wireReservations.safeParse(body).data?.bookings, 'bookings', (item, path) =>
      decodeReservation(raw, item, path),
    );
  if (operation === 'apartments-page')
    return decodePage(wireApartments.safeParse(body).data?.apartments, 'apartments', (item, path) =>
      decodeListed(raw, item, path),
    );
  return rejected('unreadable-answer', 'an operation of another time');
}

function decodePage(items: unknown[] | undefined, name: string, decodeItem: (item: unknown, path: Path) => Decoded): Decoded {
  if (!items) return rejected('unreadable-answer', `no ${name}`);
  if (items.length === 0) return decoded({ ignored: ['a page of nothing'] });
  return together(items.map((item, index) => decodeItem(item, [name, index])));
}

function decodeListed(raw: RawMessage, item: unknown, path: Path): Decoded {
  const [named, parsed] = [wireEntity.safeParse(item), wireApartment.safeParse(item)];
  if (!named.success) return decoded({ rejects: [rejectOf(named.error, item, path)] });
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, item, path)] });
  return told(...apartmentOf(raw, named.data.id, parsed.data));
}

/** Whether one is wrapped as the list is, nobody says. */
function decodeApartment(raw: RawMessage, body: unknown, asked: string): Decoded {
  const [item, path]: [unknown, Path] = [wireApartments.safeParse(body).data?.apartments[0], ['apartments', 0]];
  const [value, at] = item === undefined ? [body, []] : [item, path];
  const parsed = wireApartment.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [{ ...rejectOf(parsed.error, value, at), reason: 'unreadable-answer' }] });
  const { id } = parsed.data;
  return typeof id === 'string' && id !== asked ? anotherEntity([...at, 'id']) : told(...apartmentOf(raw, asked, parsed.data));
}

function decodeRates(
  raw: RawMessage,
  body: unknown,
  asked: readonly string[] | undefined,
  gone: (ids: string[]) => Decoded,
): Decoded {
  const parsed = wireRates.safeParse(body);
  if (!parsed.success) return decoded({ rejects: [{ ...rejectOf(parsed.error, body), reason: 'unreadable-answer' }] });
  const there = Object.entries(parsed.data.data as Record<string, unknown>).filter(([id]) => /^\d+$/.test(id));
  const said = together(there.map(([apartment, nights]) => decodeNights(raw, apartment, nights, asked)));
  if (!asked) return there.length === 0 ? decoded({ ignored: ['a page of nothing'] }) : said;
  const missing = asked.filter((entity) => !there.some(([apartment]) => apartment === apartmentOfCalendar(entity)));
  return said.rejects.length > 0 ? said : together([said, gone(missing)]);
}

const apartmentOfCalendar = (entity: string): string | undefined => parseCalendarEntity(entity)?.unitType;

/** One bad night spoils no other. */
function decodeNights(raw: RawMessage, apartment: string, value: unknown, asked: readonly string[] | undefined): Decoded {
  const path = ['data', apartment];
  if (asked && !asked.some((entity) => apartmentOfCalendar(entity) === apartment)) return anotherEntity(path);
  const parsed = wireNights.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, value, path)] });
  const nights = Object.entries(parsed.data).filter(([date]) => DATE.test(date));
  const read = nights.map(([date, night]) => ({ date, night, parsed: wireNight.safeParse(night) }));
  const rejects = read.flatMap(({ date, night, parsed: { error } }) => (error ? [rejectOf(error, night, [...path, date])] : []));
  const good = new Map(read.flatMap(({ date, parsed: { data } }) => (data ? [[date, data] as const] : [])));
  return decoded({ tellings: calendarOf(raw, apartment, good, asked), rejects });
}

/** A message is one of a list, which may have more pages than a read looks through. */
function decodeMessages(
  raw: RawMessage,
  body: unknown,
  { asked, page }: { asked: string; page: number },
  gone: (ids: string[]) => Decoded,
): Decoded {
  const parsed = wireMessages.safeParse(body);
  if (!parsed.success) return decoded({ rejects: [{ ...rejectOf(parsed.error, body), reason: 'unreadable-answer' }] });
  const [reservation, message] = asked.split('/');
  if (!reservation || !message) return rejected('unreadable-answer', 'the read named no message');
  const { messages, page_count: pages } = parsed.data;
  const index = indexOf(asked, messages);
  const isAll = isWhole(page, pages) && messages.every((each) => wireEntity.safeParse(each).success);
  if (index < 0) return isAll ? gone([asked]) : rejected('unreadable-answer', 'it may be another, or on another page');
  const item = wireMessage.safeParse(messages[index]);
  if (!item.success) return decoded({ rejects: [rejectOf(item.error, messages[index], ['messages', index])] });
  return told(messageOf(raw, reservation, item.data));
}
