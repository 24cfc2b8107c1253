import { calendarEntity, type Drain, type EntityRecord, type FetchJob, type Kind, type UnitCore } from '@roomwire/events';

const CALENDARS: readonly Kind[] = ['availability', 'rate'];

export type Asking = {
  /** What the provider reads by id. */
  reads: readonly Kind[];
  /** What the list tells itself. */
  listed: readonly Kind[];
  receipt: string;
  /** RFC 3339. */
  at: string;
};

/**
 * By-id reads of what no list tells of the unit types on a page: the types themselves, and their calendars, month by month over the
 * round's nights.
 */
export function readsOfTypes(
  { tenant, provider, connection, round }: Drain,
  tellings: readonly EntityRecord[],
  { reads, listed, receipt, at }: Asking,
): FetchJob[] {
  const wanted = { tenant, provider, connection, lane: 'backfill', reason: 'operator', hintAt: at, receipt } as const;
  const isOwed = (kind: Kind): boolean => reads.includes(kind) && !listed.includes(kind);
  const months = monthsOf(round!.nights);
  return [...typesIn(tellings)].flatMap((type) => [
    ...(isOwed('unit-type') ? [{ ...wanted, kind: 'unit-type' as const, entity: type }] : []),
    ...CALENDARS.filter(isOwed).flatMap((kind) =>
      months.map((month) => ({ ...wanted, kind, entity: calendarEntity(type, month) })),
    ),
  ]);
}

/** Told themselves, or named by a unit. */
function typesIn(tellings: readonly EntityRecord[]): Set<string> {
  return new Set(
    tellings.flatMap(({ kind, entity, facets }) => {
      if (kind === 'unit-type') return [entity];
      const core = kind === 'unit' ? (facets['core']?.content as UnitCore | undefined) : undefined;
      return core?.unitType ? [core.unitType] : [];
    }),
  );
}

/** `YYYY-MM` of every month that has one of the nights. */
export function monthsOf({ from, until }: { from: string; until: string }): string[] {
  const months: string[] = [];
  for (let month = from.slice(0, 7); month <= until.slice(0, 7); month = monthAfter(month)) months.push(month);
  return months;
}

function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
