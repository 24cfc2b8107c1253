import { canonicalJson } from '@roomwire/events';
import { nightsOf, type Span } from './nights.ts';

/** Which order said it. Of two the later one counts, and of one instant the one with the greater name: the same everywhere. */
export type Stamp = { at: string; order: string };
export type Field = { value: unknown } & Stamp;
/**
 * One thing that a provider can be told: a night of a unit type, or the status of a task. `told`: what it was told last, as canonical
 * JSON; null: perhaps something else (it was being told, and nobody knows how that ended); absent: nothing, ever.
 */
export type Cell = {
  fields: Record<string, Field>;
  /** A stay elsewhere takes the night, or did: what it closed is opened again when none does. */
  held?: true;
  told?: string | null;
  /** What was told last the provider did not want. */
  refused?: { code: string; detail: string };
};
export type Hold = { n: number; spans: Span[]; /** The last night that it ever had. */ end: string };
export type Standing = {
  /** By night; '' for what has none. */
  cells: Record<string, Cell>;
  /** By stay: what it takes. */
  holds: Record<string, Hold>;
};
/** What a cell shall be; a field that nobody ever asked for is not there. */
export type Wanted = Record<string, unknown>;
/** What an order says of one cell. */
export type Said = { cell: string; fields: Record<string, unknown> };

export const NOTHING: Standing = { cells: {}, holds: {} };

/** Each field keeps what was said last, whatever the order in which the orders come, and however often. */
export function said(standing: Standing, told: readonly Said[], stamp: Stamp): Standing {
  const cells = { ...standing.cells };
  for (const { cell: name, fields } of told) {
    const before = cells[name] ?? { fields: {} };
    const newer = Object.entries(fields).filter(([field]) => !isBehind(stamp, before.fields[field]));
    if (newer.length === 0) continue;
    const after = {
      ...before,
      fields: { ...before.fields, ...Object.fromEntries(newer.map(([field, value]) => [field, { value, ...stamp }])) },
    };
    cells[name] = isSaidAgain(before, newer, stamp) ? retried(after) : after;
  }
  return { ...standing, cells };
}

/** What the provider did not want is tried once more when the order comes once more: somebody has redriven it. */
function isSaidAgain(before: Cell, newer: readonly [string, unknown][], stamp: Stamp): boolean {
  return before.refused !== undefined && newer.some(([field]) => before.fields[field]?.order === stamp.order);
}

function retried({ refused: _, ...cell }: Cell): Cell {
  return { ...cell, told: null };
}

function isBehind(stamp: Stamp, field: Field | undefined): boolean {
  return field !== undefined && (stamp.at < field.at || (stamp.at === field.at && stamp.order < field.order));
}

/** A stay takes these nights and no others. */
export function held(standing: Standing, stay: string, n: number, spans: readonly Span[]): Standing {
  const before = standing.holds[stay];
  if (before && before.n > n) return standing;
  if (before?.n === n) return changed(standing, spans.flatMap(nightsOf), (cell) => (cell.refused ? retried(cell) : cell));
  const end = [before?.end ?? '', ...spans.map(({ until }) => until)].sort().at(-1)!;
  const cells = { ...standing.cells };
  for (const night of spans.flatMap(nightsOf)) cells[night] = { ...(cells[night] ?? { fields: {} }), held: true };
  return { cells, holds: { ...standing.holds, [stay]: { n, spans: [...spans], end } } };
}

/** Without what is over. */
export function pruned({ cells, holds }: Standing, oldest: string): Standing {
  return {
    cells: Object.fromEntries(Object.entries(cells).filter(([name]) => name === '' || name >= oldest)),
    holds: Object.fromEntries(Object.entries(holds).filter(([, { end }]) => end >= oldest)),
  };
}

/** What the provider has not been told yet, by cell, the nearest night first. */
export function owed(standing: Standing): [cell: string, wanted: Wanted][] {
  const taken = takenNights(standing);
  return Object.entries(standing.cells)
    .flatMap(([name, cell]): [string, Wanted][] => {
      const wanted = wantedOf(cell, taken.has(name));
      return wanted && canonicalJson(wanted) !== cell.told ? [[name, wanted]] : [];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Nights that some stay elsewhere takes. */
export function takenNights({ holds }: Standing): Set<string> {
  return new Set(Object.values(holds).flatMap(({ spans }) => spans.flatMap(nightsOf)));
}

/** Undefined where there is nothing to tell: what we never closed we do not open. */
function wantedOf({ fields, held: wasHeld, told, refused }: Cell, isTaken: boolean): Wanted | undefined {
  const wanted = Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]));
  if (isTaken) return { ...wanted, closed: true };
  if (!wasHeld || 'closed' in wanted) return Object.keys(wanted).length > 0 ? wanted : undefined;
  const didClose = told !== undefined && !refused;
  if (didClose) return { ...wanted, closed: false };
  return Object.keys(wanted).length > 0 ? wanted : undefined;
}

/** Before the provider is told: from here on nobody knows what it has heard until somebody says so. */
export function intended(standing: Standing, cells: readonly string[]): Standing {
  return changed(standing, cells, ({ refused: _, ...cell }) => ({ ...cell, told: null }));
}

/** The provider has taken it. What was wanted meanwhile is owed. */
export function accepted(standing: Standing, cells: readonly string[], wanted: Wanted): Standing {
  return changed(standing, cells, (cell) => ({ ...cell, told: canonicalJson(wanted) }));
}

/** The provider does not want it; it is not told the same again by itself. */
export function refused(
  standing: Standing,
  cells: readonly string[],
  wanted: Wanted,
  why: { code: string; detail: string },
): Standing {
  return changed(standing, cells, (cell) => ({ ...cell, told: canonicalJson(wanted), refused: why }));
}

function changed(standing: Standing, names: readonly string[], change: (cell: Cell) => Cell): Standing {
  const cells = { ...standing.cells };
  for (const name of names) if (cells[name]) cells[name] = change(cells[name]);
  return { ...standing, cells };
}

/** What became of an order: how many of its cells are owed, refused, or were overtaken by what others said since. */
export type Fate = { cells: number; owed: number; overtaken: number; refused: { cell: string; code: string; detail: string }[] };

export function fateOfSaid(standing: Standing, told: readonly Said[], { order }: Stamp): Fate {
  const own = told.filter(({ cell, fields }) =>
    Object.keys(fields).some((field) => standing.cells[cell]?.fields[field]?.order === order),
  );
  return fateOf(
    standing,
    told.length,
    own.map(({ cell }) => cell),
  );
}

/** A stay's: what it closes, and what was opened after it. */
export function fateOfHold(standing: Standing, stay: string, n: number): Fate {
  const hold = standing.holds[stay];
  const nights = hold?.spans.flatMap(nightsOf) ?? [];
  if (hold && hold.n !== n) return fateOf(standing, nights.length, []);
  const left = Object.entries(standing.cells).flatMap(([name, cell]) => (cell.held && !nights.includes(name) ? [name] : []));
  const { refused: _, owed: toOpen } = fateOf(standing, left.length, left);
  const closed = fateOf(standing, nights.length, nights);
  return { ...closed, owed: closed.owed + toOpen };
}

function fateOf(standing: Standing, cells: number, own: readonly string[]): Fate {
  const open = new Set(owed(standing).map(([name]) => name));
  return {
    ...{ cells, overtaken: cells - own.length, owed: own.filter((cell) => open.has(cell)).length },
    refused: own.flatMap((cell) => {
      const why = standing.cells[cell]?.refused;
      return why && !open.has(cell) ? [{ cell, ...why }] : [];
    }),
  };
}
