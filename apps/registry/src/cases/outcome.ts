import { type ConflictSide, type PropertyCore, type RoomState } from '@roomwire/events';
import { placeOf, type Lookup } from '../core/place.ts';
import { deriveRoom, houseRules, type DerivedRoom } from '../core/room.ts';
import type { Case } from './case.ts';
import { CHAPTERS } from './cases.ts';
import { DEFAULTS, localInstant, ROME, span, spoken, dateOf } from './facts.ts';

/** What the other PMS calls door 1. */
const LINKED = '77';
const lookup: Lookup = {
  id: (kind, _connection, entity) => (kind === 'unit' ? `u-${entity === LINKED ? '1' : entity}` : 'p-1'),
  propertyOfUnit: () => 'p-1',
  unitsOfProperty: () => ['u-1', 'u-2', 'u-3'],
  source: (connection) => connection,
  houseOf: () => undefined,
};

export const houseOf = ({ house }: Case): PropertyCore | undefined => (house === null ? undefined : (house ?? ROME));
export const instantOf = (of: Case): number =>
  localInstant(of.at, houseRules({ property: houseOf(of), defaults: DEFAULTS }).timeZone);

/** The rooms of a case, in few words, and their conflicts. */
export function outcomeOf(of: Case): { room: string; conflicts: string } {
  const { doors = ['1'] } = of;
  const named = (door: string, words: string): string => (doors.length > 1 ? `${door}: ${words}` : words);
  const derived = doors.map((door) => ({ door, ...derivedOf(of, door) }));
  const conflicts = derived.flatMap(({ door, conflicts: all }) => all.map(({ state }) => named(door, nightsOf(state))));
  return {
    room: derived.map(({ door, room }) => named(door, roomInWords(room))).join(' · '),
    conflicts: conflicts.join(' · ') || 'none',
  };
}

export function derivedOf(of: Case, door: string): DerivedRoom {
  const unit = { id: `u-${door}`, property: 'p-1', name: `Room ${door}` };
  const records = of.known.map(({ record }) => record).filter((record) => placeOf(record, lookup).units.includes(unit.id));
  const conflicts = { held: [], isReadable: () => false, reviewOf: () => undefined };
  return deriveRoom({ unit, records, property: houseOf(of), defaults: DEFAULTS, suspects: [], conflicts }, instantOf(of));
}

function roomInWords(room: RoomState): string {
  const { occupancy, current, next, housekeeping, maintenance, lateCheckout, earlyArrival } = room;
  const guest = (occupancy.state === 'due-in' ? next : current)?.guest;
  const state = {
    ...{ occupied: `occupied by ${guest}`, vacant: 'vacant' },
    ...{ 'due-in': `due in: ${guest}`, 'due-out': `due out: ${guest}` },
  }[occupancy.state];
  const words = [
    `${state}${occupancy.basis === 'reported' ? ' (reported)' : ''}${lateCheckout ? ', late check-out' : ''}`,
    ...(next && occupancy.state !== 'due-in' ? [`next ${next.guest}`] : []),
    ...(earlyArrival ? ['early arrival'] : []),
    ...(housekeeping.status === 'unknown' ? [] : [housekeeping.status]),
    ...(maintenance.outOfOrder ? ['out of order'] : []),
  ];
  return words.join('; ');
}

function nightsOf(state: DerivedRoom['conflicts'][number]['state']): string {
  const guest = (side: ConflictSide): string => (side.what === 'reservation' ? (side.guest ?? side.reservation) : side.what);
  return `${span(state.firstNight!, state.lastNight!)}: ${state.sides.map(guest).join(', ')}`;
}

/** docs/rooms.md. */
export function roomsDoc(): string {
  const zoneOf = (of: Case): string =>
    houseRules({ property: houseOf(of), defaults: DEFAULTS })
      .timeZone.split('/')
      .at(-1)!;
  const when = (of: Case): string => `${spoken(dateOf(of.at.slice(0, 5)))} ${of.at.slice(6)} ${zoneOf(of)}`;
  const rows = (cases: readonly Case[]): string[] =>
    cases.map((of) => {
      const cells = [of.name, of.known.map(({ words }) => words).join('; '), when(of), of.room, of.conflicts ?? 'none', of.means];
      return `| ${cells.join(' | ')} |`;
    });
  const tables = CHAPTERS.map(({ title, cases }) =>
    [
      `## ${title}`,
      '',
      '| case | known | at | room | conflicts | what it says to staff |',
      '|---|---|---|---|---|---|',
      ...rows(cases),
    ].join('\n'),
  );
  return `# Rooms and conflicts, case by case

What the board shows of a room, and which conflicts stand on its door, is a function of what is known and of the instant at which one looks
(ARCHITECTURE.md §4). Guests are known by their first names, everything is in 2026. The house is in Rome, with check-in at 15:00 and check-out at
11:00; where nothing is told of it, the tenant's defaults are UTC, 16:00 and 10:00. Every stay is confirmed, and counts on door 1, unless the row says otherwise.

A conflict is named by its first and its last contested night. It is \`checking\` for a minute at most, while its sides are read again, and then \`open\`
until somebody settles it. This page is made from \`apps/registry/src/cases\` by \`tools/docs/write.ts\`; \`core/cases.spec.ts\`
derives every row and compares.

${tables.join('\n\n')}
`;
}
