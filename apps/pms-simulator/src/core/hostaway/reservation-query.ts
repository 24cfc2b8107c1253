import type { Reservation } from '../reservation.ts';
import { secondOf, stamp } from '../stamps.ts';
import { pageOf, type Page } from './answer.ts';
import { CHANNELS } from './channels.ts';

type Compare = (a: Reservation, b: Reservation) => number;

const by =
  (key: (one: Reservation) => string | number): Compare =>
  (a, b) =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id;
const reversed =
  (compare: Compare): Compare =>
  (a, b) =>
    compare(b, a);

const byUpdate = by(({ updatedAt }) => secondOf(updatedAt));
const byActivity = by(({ activityAt }) => secondOf(activityAt));
const byArrival = by(({ arrivalDate }) => arrivalDate);

/** Whole seconds, so that what ties for a client ties here too and is ordered by id. */
const ORDERS: Readonly<Record<string, Compare>> = {
  arrivalDate: byArrival,
  arrivalDateDesc: reversed(byArrival),
  latestActivity: byActivity,
  latestActivityDesc: reversed(byActivity),
  /** Oldest first, as documented; there is no "updatedOnDesc": that is the default. */
  updatedOn: byUpdate,
};
const DEFAULT_ORDER = reversed(byUpdate);

/**
 * `GET /v1/reservations`: filtered, ordered, and cut after `afterId` (which makes `offset` void) or at `offset`. Positions are those
 * of this very moment: what changes between two pages moves to the front, so a page may repeat an item or, with `offset`, miss one.
 */
export function queryReservations(
  all: readonly Reservation[],
  query: URLSearchParams,
  drifted: (offset: number) => number = (offset) => offset,
): { items: Reservation[]; page: Page } {
  const { limit, offset } = pageOf(query);
  const found = all.filter(matches(query)).sort(ORDERS[query.get('sortOrder') ?? ''] ?? DEFAULT_ORDER);
  const afterId = query.get('afterId');
  const from = drifted(afterId === null ? offset : positionAfter(found, Number(afterId)));
  return { items: found.slice(from, from + limit), page: { limit, offset: from, count: found.length } };
}

/** Behind the item as it is placed now; an id that is not in the list ends it (NOT FOUND what Hostaway does). */
function positionAfter(found: readonly Reservation[], id: number): number {
  const position = found.findIndex((one) => one.id === id);
  return position === -1 ? found.length : position + 1;
}

function matches(query: URLSearchParams): (one: Reservation) => boolean {
  // Typed "date" in the documentation: whatever stands behind the day is not looked at.
  const day = (name: string): string | null => query.get(name)?.slice(0, 10) ?? null;
  type Test = (one: Reservation) => boolean;
  const within = (name: string, value: (one: Reservation) => string, from: string, until: string): Test[] => {
    const [least, most] = [day(`${name}${from}`) ?? '', day(`${name}${until}`) ?? '9999'];
    const isNamed = [`${name}${from}`, `${name}${until}`].some((each) => query.has(each));
    return isNamed ? [(one) => least <= value(one) && value(one) <= most] : [];
  };
  const is = (name: string, value: (one: Reservation) => number): Test[] => {
    const wanted = Number(query.get(name));
    return query.has(name) ? [(one) => value(one) === wanted] : [];
  };
  const name = query.get('match')?.toLowerCase();
  // Only what is asked for: accounts of fifty thousand are looked through for each page.
  const tests: Test[] = [
    ...within('latestActivity', ({ activityAt }) => stamp(activityAt).slice(0, 10), 'Start', 'End'),
    ...within('arrival', ({ arrivalDate }) => arrivalDate, 'StartDate', 'EndDate'),
    ...within('departure', ({ departureDate }) => departureDate, 'StartDate', 'EndDate'),
    ...is('listingId', ({ listingId }) => listingId),
    ...is('channelId', ({ channel }) => CHANNELS[channel].id),
    ...(name ? [({ guest }: Reservation) => `${guest.firstName} ${guest.lastName}`.toLowerCase().includes(name)] : []),
  ];
  return (one) => tests.every((test) => test(one));
}
