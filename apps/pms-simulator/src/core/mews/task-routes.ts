import { z } from 'zod';
import type { Route } from '../route.ts';
import { ok } from './answer.ts';
import { idList, interval, isAmong, isWithin } from './fields.ts';
import { operation } from './operation.ts';
import { wireTask } from './wire-resource.ts';

const MONTHS = 3;

/** No UpdatedUtc, and departments not alone (M:operations/tasks.md). */
const filters = z
  .object({
    ...{ TaskIds: idList().nullish(), DepartmentIds: idList().nullish(), ServiceOrderIds: idList().nullish() },
    ...{ CreatedUtc: interval(MONTHS).nullish(), ClosedUtc: interval(MONTHS).nullish(), DeadlineUtc: interval(MONTHS).nullish() },
  })
  .refine((asked) => asked.TaskIds ?? asked.ServiceOrderIds ?? asked.CreatedUtc ?? asked.ClosedUtc ?? asked.DeadlineUtc);

export const taskRoutes: readonly Route[] = [
  operation('tasks/getAll', filters, ({ account }, asked) => {
    const found = [...account.works.values()].filter((work) => {
      const { Id, DepartmentId, ServiceOrderId, ClosedUtc } = wireTask(account, work);
      return [
        isAmong(Id, asked.TaskIds),
        ...[isAmong(String(DepartmentId), asked.DepartmentIds), isAmong(ServiceOrderId as string | null, asked.ServiceOrderIds)],
        ...[isWithin(work.openedAt, asked.CreatedUtc), isWithin(ClosedUtc === null ? null : work.modifiedAt, asked.ClosedUtc)],
        isWithin(work.due === null ? null : Date.parse(work.due), asked.DeadlineUtc),
      ].every(Boolean);
    });
    return ok({ Tasks: found.map((work) => wireTask(account, work)) });
  }),
];
