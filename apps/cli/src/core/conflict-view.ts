import { isSide, sideIdOf, sideName, type ConflictSide, type ConflictState, type Review, type SideId } from '@roomwire/events';
import { Failure } from './failure.ts';
import { age, printable, table } from './table.ts';

/** A conflict as readers last heard of it. */
export type Shown = ConflictState & { tenant: string; revision: number };
export type ConflictFilter = { property?: string; unit?: string; all?: boolean };

/** What waits for somebody; with `all` also what is being checked, was decided, or is over. */
export function isWanted(conflict: Shown, { property, unit, all }: ConflictFilter): boolean {
  return (
    (all === true || conflict.status === 'open') &&
    (property === undefined || conflict.property === property) &&
    (unit === undefined || conflict.unit === unit)
  );
}

export function conflictsText(conflicts: readonly Shown[], nowMs: number): string {
  return table(conflicts, [
    { title: 'id', of: ({ tenant, id }) => `${tenant}:${id}` },
    { title: 'kind', of: ({ kind }) => kind },
    { title: 'status', of: ({ status }) => status },
    { title: 'where', of: ({ unit, unitType }) => unit ?? unitType ?? '' },
    { title: 'nights', of: nightsText },
    { title: 'sides', of: ({ sides }) => sides.map(sideName).join(' ') },
    { title: 'age', of: ({ since }) => age(Date.parse(since), nowMs) },
  ]);
}

/** `review`: what holds of it. */
export function conflictText(conflict: Shown, review?: Review): string {
  const { tenant, id, kind, status, property, unit, unitType, sides, since } = conflict;
  const where = unit ? [`unit ${unit}`] : unitType ? [`unit type ${unitType}`] : [];
  const house = property ? [`property ${property}`] : [];
  const nights = conflict.firstNight ? [`nights ${nightsText(conflict)}`] : [];
  const about = [...where, ...house, ...nights].join(', ');
  const sidesText = table(sides, [
    { title: 'what', of: ({ what }) => what },
    { title: 'side', of: sideName },
    { title: 'says', of: sideText },
    ...(conflict.chosen ? [{ title: '', of: (side: ConflictSide) => (isSide(conflict.chosen!, side) ? 'chosen' : '') }] : []),
  ]);
  const decision = review ? [printable(`${review.choice} by ${review.by} at ${review.at}: ${review.reason}`)] : [];
  const head = `${tenant}:${id}  ${kind}, ${status} since ${since}`;
  return [head, ...(about ? [about] : []), ...decision, '', sidesText].join('\n');
}

/** The side that `name` means: `connection/id`, with the kind before it where two kinds have that. */
export function chosenSide({ sides }: Pick<Shown, 'sides'>, name: string): SideId {
  const found = sides.filter((side) => [sideName(side), `${side.what}:${sideName(side)}`].includes(name)).map(sideIdOf);
  if (found.length === 1) return found[0]!;
  const names = sides.map((side) => printable(found.length > 1 ? `${side.what}:${sideName(side)}` : sideName(side)));
  const what = found.length > 1 ? 'more than one side is called' : 'it has no side';
  throw new Failure('usage', `${what} ${JSON.stringify(name)}`, [`its sides: ${names.join(', ')}`]);
}

const nightsText = ({ firstNight, lastNight }: Shown): string => (firstNight ? `${firstNight} to ${lastNight}` : '');

function sideText(side: ConflictSide): string {
  switch (side.what) {
    case 'reservation':
      return [side.status, `${side.arrival} to ${side.departure}`, ...(side.guest ? [side.guest] : [])].join(', ');
    case 'availability':
      return `${side.available} to be sold`;
    case 'rate':
      return side.lowestMinor === side.highestMinor
        ? `${side.lowestMinor} ${side.currency} (minor units)`
        : `${side.lowestMinor} to ${side.highestMinor} ${side.currency} (minor units)`;
    case 'message':
      return side.sentAt ? `sent ${side.sentAt}` : 'sent at an unknown time';
  }
}
