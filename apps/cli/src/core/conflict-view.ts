import type { ConflictState } from '@roomwire/events';
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
    { title: 'unit', of: ({ unit }) => unit },
    { title: 'nights', of: ({ firstNight, lastNight }) => `${firstNight} to ${lastNight}` },
    { title: 'sides', of: ({ sides }) => sides.map(({ connection, reservation }) => `${connection}/${reservation}`).join(' ') },
    { title: 'age', of: ({ since }) => age(Date.parse(since), nowMs) },
  ]);
}

export function conflictText(conflict: Shown): string {
  const { tenant, id, kind, status, property, unit, firstNight, lastNight, sides, since } = conflict;
  const sidesText = table(sides, [
    { title: 'connection', of: ({ connection }) => connection },
    { title: 'reservation', of: ({ reservation }) => reservation },
    { title: 'status', of: (side) => side.status },
    { title: 'arrival', of: ({ arrival }) => arrival },
    { title: 'departure', of: ({ departure }) => departure },
    { title: 'guest', of: ({ guest }) => guest ?? '' },
  ]);
  const head = [
    `${tenant}:${id}  ${kind}, ${status} since ${since}`,
    `unit ${unit} of ${property}, nights ${firstNight} to ${lastNight}`,
  ];
  return [...head, '', sidesText].join('\n');
}
