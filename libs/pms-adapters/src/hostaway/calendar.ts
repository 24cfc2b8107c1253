import { parseCalendarEntity, type EntityRecord, type Kind } from '@roomwire/events';
import {
  decoded,
  jsonPointer,
  moneyIn,
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

type Path = readonly PropertyKey[];

/**
 * The nights of `asked` (`<listing>:<YYYY-MM>`), whichever of the two kinds it was asked for: what is to be had and what it costs.
 * A day names no listing: that it is the right one is the request's word.
 */
export function decodeCalendar(raw: RawMessage, list: readonly unknown[], path: Path, asked: string): Decoded {
  const parsed = list.map((value, index) => ({ ...wireDay.safeParse(value), value, at: [...path, index] }));
  const days = parsed.flatMap(({ data, at }) => (data ? [{ data, at }] : []));
  const month = parseCalendarEntity(asked)?.month;
  const nights = days.map(({ data }) => data).filter(({ date }) => date.slice(0, 7) === month);
  const problems = together([
    ...parsed.map(({ error, value, at }) => decoded({ rejects: error ? [rejectOf(error, value, at)] : [] })),
    ...days.map(({ data, at }) => foreignStatus(data, at)),
  ]);
  if (nights.length > 0) return { ...problems, tellings: calendarsOf(raw, asked, nights) };
  return problems.rejects.length > 0 ? problems : rejected('unreadable-answer', 'no night of that month', jsonPointer(path));
}

function foreignStatus({ status }: WireDay, path: Path): Decoded {
  if (!status || Object.hasOwn(CLOSED, status)) return decoded({});
  return rejected('schema', 'no documented status', jsonPointer([...path, 'status']));
}

function calendarsOf(raw: RawMessage, entity: string, nights: readonly WireDay[]): EntityRecord[] {
  if (raw.context.via !== 'read') return [];
  const told = toldByRead(raw.context.read, MAPPING);
  const calendar = (kind: Kind, contentOf: (night: WireDay) => unknown) => {
    const contents: Contents = Object.fromEntries(nights.map((night) => [night.date, contentOf(night)]));
    return tellingOf(raw, kind, entity, contents, told);
  };
  return [calendar('availability', availabilityOf), calendar('rate', (night) => rateOf(night, raw))].filter(
    (telling) => telling !== undefined,
  );
}

/**
 * `availableUnitsToSell` is null for a listing of one unit, and `isAvailable` is meant for those alone. More stays than units leave
 * none, not fewer.
 */
function availabilityOf({ isAvailable, status, availableUnitsToSell }: WireDay): unknown {
  if (isAvailable === undefined || availableUnitsToSell === undefined) return undefined;
  if (availableUnitsToSell === null && isAvailable === null) return undefined;
  if (!status || !Object.hasOwn(CLOSED, status)) return undefined;
  const available = availableUnitsToSell ?? (isAvailable ? 1 : 0);
  return { available: Math.max(0, available), closed: CLOSED[status] };
}

/** A price has no currency here; the account's is what the connection says. */
function rateOf({ price: amount, minimumStay }: WireDay, { unsaid }: RawMessage): unknown {
  const price = moneyIn(amount, unsaid?.currency);
  return price && minimumStay !== undefined ? { price, minimumStay } : undefined;
}
