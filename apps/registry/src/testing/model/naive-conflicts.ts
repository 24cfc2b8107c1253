import type { ConflictState } from '@roomwire/events';
import { nightsOf } from './naive-clock.ts';
import { hashOf } from './naive-record.ts';
import type { NaiveStay } from './naive-room.ts';

export type NaiveConflict = Pick<ConflictState, 'id' | 'firstNight' | 'lastNight' | 'sides'>;

const BLOCKING = ['tentative', 'confirmed', 'checked-in', 'owner'];

/** Every night is counted: who shares one with another is in one group with it, and with everybody who shares one with that one. */
export function naiveConflicts(unit: string, stays: readonly NaiveStay[], today: string): NaiveConflict[] {
  const guests = stays.filter(({ core }) => BLOCKING.includes(core.status));
  const claims = new Map<string, NaiveStay[]>();
  for (const stay of guests)
    for (const night of nightsOf(stay.core.arrival, stay.core.departure)) claims.set(night, [...(claims.get(night) ?? []), stay]);
  const contested = [...claims].filter(([, claimants]) => claimants.length > 1).sort(([a], [b]) => (a < b ? -1 : 1));

  let groups: Set<NaiveStay>[] = [];
  for (const [, claimants] of contested) {
    const joined = groups.filter((group) => claimants.some((stay) => group.has(stay)));
    groups = [
      ...groups.filter((group) => !joined.includes(group)),
      new Set([...joined.flatMap((group) => [...group]), ...claimants]),
    ];
  }
  return groups
    .map((group) => {
      const nights = contested.filter(([, claimants]) => group.has(claimants[0]!)).map(([night]) => night);
      const [firstNight, lastNight] = [nights[0]!, nights.at(-1)!];
      return { id: `c-${hashOf(['overlap', unit, firstNight]).slice(0, 12)}`, firstNight, lastNight, sides: sidesOf([...group]) };
    })
    .filter(({ lastNight }) => lastNight >= today);
}

function sidesOf(group: NaiveStay[]): NaiveConflict['sides'] {
  const order = ({ show }: NaiveStay): string => JSON.stringify([show.arrival, show.connection, show.reservation]);
  return group
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ show: { connection, reservation, status, arrival, departure, guest } }) => ({
      ...{ what: 'reservation', connection, reservation, status, arrival, departure, guest },
    }));
}
