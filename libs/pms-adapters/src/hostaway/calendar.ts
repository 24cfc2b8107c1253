import { parseCalendarEntity, type EntityRecord } from '@roomwire/events';
import {
  decoded,
  jsonPointer,
  rejected,
  rejectOf,
  tellingOf,
  together,
  toldByRead,
  type Contents,
  type Decoded,
  type RawMessage,
} from '@roomwire/pms-port';
import { MAPPING } from './mapping.ts';
import { wireDay, type WireDay } from './wire.ts';

/** Whether the owner has closed the night. All documented statuses. */
const CLOSED: Readonly<Record<string, boolean>> = {
  available: false,
  blocked: true,
  mblocked: true,
  hardBlock: true,
  conflicted: false,
  reserved: false,
  pending: false,
  mreserved: false,
};

/** The nights of `asked` (`<listing>:<YYYY-MM>`). A day names no listing: that it is the right one is the request's word. */
export function decodeCalendar(raw: RawMessage, days: readonly unknown[], path: readonly PropertyKey[], asked: string): Decoded {
  const month = parseCalendarEntity(asked)?.month;
  const nights = days.map((day, index) => nightOf(day, [...path, index]));
  const read = nights.flatMap(({ date, content }) => (date?.slice(0, 7) === month ? [[date!, content] as const] : []));
  const problems = together(nights.map(({ problem }) => problem));
  if (read.length === 0 && problems.rejects.length === 0)
    return rejected('unreadable-answer', 'no night of that month', jsonPointer(path));
  const contents = Object.fromEntries(read);
  return { ...problems, tellings: read.length > 0 ? calendarOf(raw, asked, contents) : [] };
}

function calendarOf(raw: RawMessage, entity: string, contents: Contents): EntityRecord[] {
  if (raw.context.via !== 'read') return [];
  const telling = tellingOf(raw, 'availability', entity, contents, toldByRead(raw.context.read, MAPPING));
  return telling ? [telling] : [];
}

type Night = { date: string | undefined; content: unknown; problem: Decoded };

function nightOf(value: unknown, path: readonly PropertyKey[]): Night {
  const day = wireDay.safeParse(value);
  if (!day.success)
    return { date: undefined, content: undefined, problem: decoded({ rejects: [rejectOf(day.error, value, path)] }) };
  const { date, status } = day.data;
  const isForeign = !!status && !Object.hasOwn(CLOSED, status);
  const problem = isForeign ? rejected('schema', 'no documented status', jsonPointer([...path, 'status'])) : decoded({});
  return { date, content: isForeign ? undefined : contentOf(day.data), problem };
}

/**
 * `availableUnitsToSell` is null for a listing of one unit, and `isAvailable` is meant for those alone. More stays than units leave
 * none, not fewer.
 */
function contentOf({ isAvailable, status, availableUnitsToSell }: WireDay): unknown {
  if (isAvailable === undefined || availableUnitsToSell === undefined || !status) return undefined;
  if (availableUnitsToSell === null && isAvailable === null) return undefined;
  const available = availableUnitsToSell ?? (isAvailable ? 1 : 0);
  return { available: Math.max(0, available), closed: CLOSED[status] };
}
