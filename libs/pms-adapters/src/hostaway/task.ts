import { microsToInstant, type TaskCore } from '@roomwire/events';
import { utcMicros, type Contents } from '@roomwire/pms-port';
import type { WireTask } from './wire.ts';

/** All documented ones. */
export const TASK_STATUSES: Readonly<Record<string, TaskCore['status']>> = {
  pending: 'open',
  confirmed: 'open',
  inProgress: 'in-progress',
  completed: 'done',
  cancelled: 'cancelled',
};

/** Of a task's categories; check-in, check-out, back office and other (3 to 6) are all other to us. */
const CLEANING = '1';
const MAINTENANCE = '2';

export function taskCoreOf(task: WireTask): Contents | undefined {
  const { listingMapId, reservationUnitId, title, status, categoriesMap, shouldEndBy } = task;
  const isWhole = [listingMapId, reservationUnitId, categoriesMap, shouldEndBy].every((value) => value !== undefined);
  const ours = status && Object.hasOwn(TASK_STATUSES, status) ? TASK_STATUSES[status] : undefined;
  const due = shouldEndBy ? utcMicros(shouldEndBy) : null;
  if (!isWhole || !title || !ours || due === undefined) return undefined;
  // One of a reservation's units: which door of the listing that is only the reservation says.
  const isOfSomeDoor = reservationUnitId !== null && reservationUnitId !== '0';
  return {
    unit: isOfSomeDoor ? null : listingMapId,
    type: typeOf(categoriesMap ?? []),
    status: ours,
    title,
    due: due === null ? null : microsToInstant(due),
  };
}

/** A task that is cleaning among other things is cleaning: that is what a room waits for. */
function typeOf(categories: readonly string[]): TaskCore['type'] {
  if (categories.includes(CLEANING)) return 'cleaning';
  return categories.includes(MAINTENANCE) ? 'maintenance' : 'other';
}
