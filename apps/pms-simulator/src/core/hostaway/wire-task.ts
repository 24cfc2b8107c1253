import type { Cleaning } from '../housekeeping.ts';
import type { Reservation } from '../reservation.ts';
import { hourOf, stamp, stampOrNull } from '../stamps.ts';
import { listingOf, type Account } from '../world.ts';
import { CHANNELS } from './channels.ts';

const CLEANING_CATEGORY = 1;
const DEFAULT_CHECK_OUT = 11;
const HOURS_TO_CLEAN = 4;

const NEVER_SET = {
  ...{ assigneeUserId: null, canBePickedByGroupId: null, supervisorUserId: null, createdByUserId: null, isUpdatedManually: 0 },
  ...{
    checklistTemplateId: null,
    reservationUnitId: 0,
    resolutionNote: null,
    feedbackScore: null,
    feedbackNote: null,
    confirmedAt: null,
  },
  ...{ priority: null, cost: null, costCurrency: null, costDescription: null, color: null, expense: null, rank: 0 },
  ...{ checklistItems: [], customFieldValue: [] },
};

/** D:includes/_task_object.md: the automatic cleaning after a stay. Nothing in it says when it was changed. */
export function wireTask(account: Account, task: Cleaning, stay: Reservation): Record<string, unknown> {
  const { timeZone } = account.config;
  const hour = stay.checkOutTime ?? DEFAULT_CHECK_OUT;
  const start = hourOf(stay.departureDate, hour, timeZone);
  const local = (hourOfDay: number): string => `${stay.departureDate} ${String(hourOfDay).padStart(2, '0')}:00:00`;
  return {
    ...NEVER_SET,
    ...{ id: task.id, listingMapId: stay.listingId, channelId: CHANNELS[stay.channel].id, reservationId: stay.id, autoTaskId: 1 },
    ...{ title: `Cleaning after departure, ${listingOf(account, stay.listingId)?.name ?? ''}`, description: null },
    ...{
      canStartFrom: stamp(start),
      canStartFromListingTime: local(hour),
      canStartFromEvent: 'departure',
      canStartFromEventDelta: 0,
    },
    ...{
      shouldEndBy: stamp(start + HOURS_TO_CLEAN * 3_600_000),
      shouldEndByListingTime: local(Math.min(23, hour + HOURS_TO_CLEAN)),
    },
    ...{ shouldEndByEvent: 'departure', shouldEndByEventDelta: HOURS_TO_CLEAN, status: task.status },
    ...{ startedAt: stampOrNull(task.startedAt), completedAt: stampOrNull(task.completedAt), categoriesMap: [CLEANING_CATEGORY] },
  };
}
