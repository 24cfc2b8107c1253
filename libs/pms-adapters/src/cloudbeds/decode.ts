import type { Kind, ReadContext } from '@roomwire/events';
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
  type Reject,
} from '@roomwire/pms-port';
import type { z } from 'zod';
import { goneRoom, hotelOf, MAPPING, reservationOf, roomOf, roomOfTicket, roomTypeOf, type Understood } from './mapping.ts';
import { typeOfRoom } from './requests.ts';
import {
  wireAnswer,
  wireEvent,
  wireEventRoom,
  wireHotel,
  wireReservation,
  wireRoom,
  wireRoomType,
  type WireEvent,
} from './wire.ts';

/** One event a message. Its timestamp is the event's and no version of anything: it says what to read. */
export function decodeWebhook(raw: RawMessage): Decoded {
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const { low, keys } = lowered(body);
  const parsed = wireEvent.safeParse(low);
  if (!parsed.success) return decoded({ rejects: [asSent(rejectOf(parsed.error, low), keys)] });
  const event = parsed.data;
  const named = [event.propertyid_str, event.propertyid].filter((id) => typeof id === 'string');
  if (raw.account !== null && named.some((id) => id !== raw.account))
    return rejected('wrong-account', 'names another property', jsonPointer([keys.get('propertyid') ?? '']));
  const { hints, rejects } = hintsOf(event, keys);
  return hints.length + rejects.length > 0 ? decoded({ hints, rejects }) : decoded({ ignored: [`event ${quoted(event.event)}`] });
}

/** `keys`: as they were sent, by how we call them. */
function lowered(body: unknown): { low: unknown; keys: Map<string, string> } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { low: body, keys: new Map() };
  const entries = Object.entries(body).map(([key, value]) => [key.toLowerCase(), value, key] as const);
  return {
    low: Object.fromEntries(entries.map(([low, value]) => [low, value as unknown])),
    keys: new Map(entries.map(([low, , key]) => [low, key])),
  };
}

/** A pointer into the body as it came. */
function asSent(reject: Reject, keys: ReadonlyMap<string, string>): Reject {
  const [, first = '', ...more] = reject.pointer.split('/');
  return { ...reject, pointer: reject.pointer && ['', keys.get(first) ?? first, ...more].join('/') };
}

const REQUIRED: Readonly<Record<string, { kind: Kind; key: string }>> = {
  reservation: { kind: 'reservation', key: 'reservationid' },
  housekeeping: { kind: 'unit-status', key: 'roomid' },
};

/** A stay is read by its own id, or by the part of it that one of its rooms is called by; a room by its line of housekeeping. */
function hintsOf(event: WireEvent, keys: ReadonlyMap<string, string>): { hints: Hint[]; rejects: Reject[] } {
  const [object = ''] = event.event.split('/');
  if (object === 'roomblock') return roomsIn(event, keys);
  if (!['reservation', 'guest', 'housekeeping'].includes(object)) return { hints: [], rejects: [] };
  const reservation = event.reservationid ?? event.subreservationid?.replace(/-\d+$/, '');
  const hints: Hint[] = [
    ...(reservation ? [hint('reservation', reservation)] : []),
    ...(event.roomid && object !== 'guest' ? [hint('unit-status', event.roomid)] : []),
  ];
  const required = REQUIRED[object];
  if (hints.length > 0 || !required) return { hints, rejects: [] };
  return { hints, rejects: [{ reason: 'schema', pointer: '', detail: `a ${object} event without an id` }] };
}

function roomsIn({ rooms }: WireEvent, keys: ReadonlyMap<string, string>): { hints: Hint[]; rejects: Reject[] } {
  const hints: Hint[] = [];
  const rejects: Reject[] = [];
  (rooms ?? []).forEach((value, index) => {
    const { low } = lowered(value);
    const { data, error } = wireEventRoom.safeParse(low);
    if (data) hints.push(hint('unit-status', data.roomid));
    else rejects.push(rejectOf(error, low, [keys.get('rooms') ?? 'rooms', index]));
  });
  return { hints, rejects };
}

function hint(kind: Kind, entity: string): Hint {
  return { kind, entity, reason: 'hint' };
}

function quoted(word: string): string {
  return JSON.stringify(word.slice(0, 64).toWellFormed());
}

type Item = { id?: string; decoded: Decoded };
type Understand = (raw: RawMessage, read: ReadContext, value: unknown, index: number) => Item;

const OPERATIONS: Readonly<Record<string, Understand>> = {
  reservations: listed(wireReservation, 'reservationID', reservationOf),
  hotels: listed(wireHotel, 'propertyID', hotelOf),
  'room-types': listed(wireRoomType, 'roomTypeID', roomTypeOf),
  housekeeping: listed(wireRoom, 'roomID', roomOf),
};

/** The answer to a read, by ids or of a page: a list, whatever was asked. */
export function decodeAnswer(raw: RawMessage): Decoded {
  if (raw.context.via !== 'read') return decoded({});
  const { read } = raw.context;
  const understand = Object.hasOwn(OPERATIONS, read.operation) ? OPERATIONS[read.operation] : undefined;
  if (!understand) return rejected('unreadable-answer', 'an operation of another time');
  if (read.status < 200 || read.status > 299) return rejected('unreadable-answer', 'no success, and nothing that was asked for');
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const answer = wireAnswer.safeParse(body);
  if (!answer.success) return decoded({ rejects: [{ ...rejectOf(answer.error, body), reason: 'unreadable-answer' }] });
  const items = answer.data.data.map((value, index) => understand(raw, read, value, index));
  const all = read.ids ? asked(raw, read, items) : items.map((item) => item.decoded);
  return together(items.length > 0 ? all : [...all, decoded({ ignored: ['an empty list'] })]);
}

function listed<W extends Record<K, string> & { propertyID?: string | null | undefined }, K extends string>(
  wire: z.ZodType<W>,
  key: K,
  tell: (raw: RawMessage, read: ReadContext, item: W) => Understood,
): Understand {
  return (raw, read, value, index) => {
    const parsed = wire.safeParse(value);
    const at = (name: string) => jsonPointer(['data', index, name]);
    if (!parsed.success) return { decoded: decoded({ rejects: [rejectOf(parsed.error, value, ['data', index])] }) };
    const { propertyID } = parsed.data;
    if (raw.account !== null && propertyID && propertyID !== raw.account)
      return { decoded: rejected('wrong-account', 'of another property', at('propertyID')) };
    const { tellings, hints = [], problem } = tell(raw, read, parsed.data);
    const rejects: Reject[] = problem ? [{ reason: 'schema', pointer: at(problem.key), detail: problem.detail }] : [];
    return {
      id: parsed.data[key],
      decoded: decoded({ tellings: tellings.filter((each) => each !== undefined), hints, rejects }),
    };
  };
}

/**
 * What was asked for and is not in the answer is gone, unless something of it could not be read, or is none that was asked for. Rooms
 * are asked for by their types: their neighbours come along, and are left out.
 */
function asked(raw: RawMessage, read: ReadContext, items: readonly Item[]): Decoded[] {
  const ids = new Map((read.ids ?? []).map((entity) => [roomOfTicket(entity) ?? entity, entity]));
  const types = new Set([...ids.keys()].map(typeOfRoom));
  const isNeighbour = ({ id = '' }: Item) => read.operation === 'housekeeping' && types.has(typeOfRoom(id));
  const named = items.filter(({ id }) => id === undefined || ids.has(id));
  const foreign = items.findIndex((item) => !named.includes(item) && !isNeighbour(item));
  const answers = named.map((item) => item.decoded);
  if (foreign >= 0) return [...answers, anotherEntity(['data', foreign])];
  const known = new Set(named.map(({ id }) => id));
  const missing = known.has(undefined) ? [] : [...ids].filter(([id]) => !known.has(id));
  const along = (room: string) => goneRoom(raw, read, room).filter(({ kind }) => kind !== read.kind);
  const gone = missing.flatMap(([id, entity]) => [
    goneOf(raw, read, entity, MAPPING),
    ...(read.operation === 'housekeeping' ? along(id) : []),
  ]);
  return [...answers, decoded({ tellings: gone })];
}
