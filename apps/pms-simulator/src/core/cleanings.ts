import type { Cleaning, UnitStatus } from './housekeeping.ts';
import { doorOf } from './reservation.ts';
import type { Account } from './world.ts';

/** Hostaway's task follows what happens at the door: whoever polls /v1/tasks sees the cleaning begin and end. */
export function advanceCleaning(account: Account, door: UnitStatus, today: string, now: number): void {
  const task = taskAt(account, door, today);
  if (!task) return;
  if (door.status === 'cleaning') Object.assign(task, { status: 'inProgress', startedAt: now } satisfies Partial<Cleaning>);
  if (door.status === 'clean') Object.assign(task, { status: 'completed', completedAt: now } satisfies Partial<Cleaning>);
}

/** The cleaning after the last guest who left through this door. */
function taskAt(account: Account, { unit }: UnitStatus, today: string): Cleaning | undefined {
  const left = [...account.cleanings.values()]
    .flatMap((task) => {
      const stay = account.reservations.get(task.reservationId)?.current;
      return stay && task.status !== 'cancelled' && doorOf(stay) === unit && stay.departureDate <= today ? [{ task, stay }] : [];
    })
    .sort((a, b) => (a.stay.departureDate < b.stay.departureDate ? 1 : -1));
  return left[0]?.task;
}
