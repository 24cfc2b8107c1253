import { sideName, type ConflictSide, type ConflictState } from '@roomwire/events';
import { age, table } from './table.ts';

/** A conflict as readers last heard of it. */
export type Shown = ConflictState & { tenant: string; revision: number };
export type ConflictFilter = { property?: string; unit?: string; all?: boolean };

/** What waits for somebody; with `all` also what is being checked, was dismissed, or is over. */
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

export function conflictText(conflict: Shown): string {
  const { tenant, id, kind, status, property, unit, unitType, sides, since } = conflict;
  const where = unit ? [`unit ${unit}`] : unitType ? [`unit type ${unitType}`] : [];
  const house = property ? [`property ${property}`] : [];
  const nights = conflict.firstNight ? [`nights ${nightsText(conflict)}`] : [];
  const about = [...where, ...house, ...nights].join(', ');
  const sidesText = table(sides, [
    { title: 'what', of: ({ what }) => what },
    { title: 'connection', of: ({ connection }) => connection },
    { title: 'id', of: (side) => sideName(side).slice(side.connection.length + 1) },
    { title: 'says', of: sideText },
  ]);
  return [`${tenant}:${id}  ${kind}, ${status} since ${since}`, ...(about ? [about] : []), '', sidesText].join('\n');
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
