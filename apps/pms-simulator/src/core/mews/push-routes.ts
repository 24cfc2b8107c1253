import { z } from 'zod';
import { isRefused, type Done } from '../act-scene.ts';
import type { ActRequest } from '../act-command.ts';
import { newId, type Account } from '../world.ts';
import { pushed, pushedAs } from '../push.ts';
import type { Call, Route } from '../route.ts';
import type { Answer } from '../request.ts';
import type { Ticket, UnitStatus } from '../housekeeping.ts';
import { rfc3339, todayIn } from '../stamps.ts';
import { forbidden, invalid, ok } from './answer.ts';
import { idList, utcTime } from './fields.ts';
import { guid, numberIn, type Kind } from './ids.ts';
import { operation } from './operation.ts';
import { factNumber, wireBlock } from './wire-resource.ts';

const STATES = {
  ...{ Dirty: { status: 'dirty', outOf: null }, Clean: { status: 'clean', outOf: null } },
  Inspected: { status: 'inspected', outOf: null },
  ...{ OutOfService: { outOf: 'service' }, OutOfOrder: { outOf: 'order' } },
} as const satisfies Record<string, Partial<UnitStatus>>;

const updates = z.object({
  ResourceUpdates: z
    .array(
      z.object({
        ResourceId: z.string(),
        State: z.object({ Value: z.enum(Object.keys(STATES) as (keyof typeof STATES)[]) }).nullish(),
      }),
    )
    .min(1)
    .max(1_000),
});
const stays = z.object({ ReservationIds: idList(), PostCancellationFee: z.boolean().nullish(), Notes: z.string().nullish() });
const blocksToAdd = z.object({
  ResourceBlocks: z
    .array(
      z.object({
        ...{ ResourceId: z.string(), Name: z.string(), Type: z.enum(['OutOfOrder', 'InternalUse']) },
        ...{ StartUtc: utcTime, EndUtc: utcTime, Notes: z.string().nullish() },
      }),
    )
    .min(1),
});
const newTask = z.object({
  ...{ Name: z.string().min(1), Description: z.string().nullish(), DeadlineUtc: utcTime },
  ...{ ServiceOrderId: z.string().nullish(), DepartmentId: z.string().nullish() },
});

/** All ids are looked at before anything is done: a wrong one changes nothing. */
export const pushRoutes: readonly Route[] = [
  operation('resources/update', updates, (call, { ResourceUpdates }) => {
    const doors = ResourceUpdates.map(({ ResourceId }) => doorWith(call.account, ResourceId));
    if (doors.includes(undefined)) return invalid('ResourceId');
    ResourceUpdates.forEach(({ State }, index) => {
      // Absent = keep (M:guidelines/serialization.md).
      if (State) setDoor(call, doors[index]!, STATES[State.Value]);
    });
    return ok({});
  }),

  ...(['cancel', 'confirm', 'start', 'process'] as const).map((action) =>
    operation(`reservations/${action}`, stays, (call, { ReservationIds }) => {
      const numbers = ReservationIds.map((id) => numberIn(call.account, 'reservation', id));
      if (numbers.some((number) => number === undefined || !call.account.reservations.get(number)?.current))
        return invalid('ReservationIds');
      const act = { cancel: 'cancel', confirm: 'confirm', start: 'checkIn', process: 'checkOut' } as const;
      return all(
        call,
        numbers.map((reservation) => ({ act: act[action], reservation, by: 'host' })),
        ok({ ReservationIds }),
      );
    }),
  ),

  operation('resourceBlocks/add', blocksToAdd, (call, { ResourceBlocks }) => {
    const doors = ResourceBlocks.map(({ ResourceId }) => doorWith(call.account, ResourceId));
    if (doors.includes(undefined)) return invalid('ResourceId');
    if (ResourceBlocks.some(({ StartUtc, EndUtc }) => EndUtc <= StartUtc)) return invalid('EndUtc');
    const added = ResourceBlocks.map((block, index) => addBlock(call, doors[index]!, block));
    return ok({ ResourceBlocks: added.map((ticket) => wireBlock(call.account, ticket)) });
  }),
  operation('resourceBlocks/delete', z.object({ ResourceBlockIds: idList() }), (call, { ResourceBlockIds }) =>
    close(call, 'block', ResourceBlockIds, (id) => ({ act: 'ticket', ticket: `ticket-${id}`, status: 'closed' })),
  ),

  operation('tasks/add', newTask, (call, asked) => {
    const reservation = asked.ServiceOrderId ? numberIn(call.account, 'reservation', asked.ServiceOrderId) : null;
    if (reservation === undefined) return invalid('ServiceOrderId');
    const listing = reservation === null ? undefined : call.account.reservations.get(reservation)?.current?.listingId;
    const due = rfc3339(asked.DeadlineUtc);
    const said = { title: asked.Name, due, ...(listing === undefined ? {} : { listing }) };
    const record = pushed(call, {
      act: 'task',
      type: 'other',
      ...said,
      ...(asked.Description ? { body: asked.Description } : {}),
    });
    if (isRefused(record)) return forbidden(record.refused);
    call.account.works.get(String(record.id))!.reservationId = reservation;
    return ok({ TaskId: guid(call.account, 'task', factNumber(String(record.id))) });
  }),
  operation('tasks/close', z.object({ TaskIds: idList() }), (call, { TaskIds }) =>
    close(call, 'task', TaskIds, (id) => ({ act: 'task', task: `task-${id}`, status: 'done' })),
  ),
];

/** One after the other; the first that cannot be ends it, and those before it stay done (what Mews does: NOT FOUND). */
function all(call: Call, commands: readonly ActRequest[], done: Answer): Answer {
  for (const command of commands) {
    const record = pushed(call, command);
    if (isRefused(record)) return forbidden(record.refused);
  }
  return done;
}

function close(call: Call, kind: Kind & ('block' | 'task'), ids: readonly string[], command: (id: number) => ActRequest): Answer {
  const numbers = ids.map((id) => numberIn(call.account, kind, id));
  const { tickets, works } = call.account;
  const known = numbers.every((id) => (kind === 'block' ? tickets.has(`ticket-${id}`) : works.has(`task-${id}`)));
  return known
    ? all(
        call,
        numbers.map((id) => command(id!)),
        ok({}),
      )
    : invalid(kind === 'block' ? 'ResourceBlockIds' : 'TaskIds');
}

function doorWith(account: Account, id: string): UnitStatus | undefined {
  const number = numberIn(account, 'resource', id);
  return [...account.unitStatuses.values()].find(({ unit }) => unit === String(number) || unit.endsWith(`/${number}`));
}

function setDoor(call: Call, { unit }: UnitStatus, change: Partial<UnitStatus>): void {
  pushedAs(call, 'unitStatus', ({ account, clock }): Done => {
    const next = { ...account.unitStatuses.get(unit)!, ...change, modifiedAt: clock, by: 'API' };
    account.unitStatuses.set(unit, next);
    const notices = [{ about: 'units', doors: [next], announced: false } as const];
    return { kind: 'unit-status', id: unit, listings: [next.listingId], notices };
  });
}

type NewBlock = {
  Name: string;
  Type: 'OutOfOrder' | 'InternalUse';
  StartUtc: number;
  EndUtc: number;
  Notes?: string | null | undefined;
};

function addBlock(call: Call, door: UnitStatus, { Name, Type, StartUtc, EndUtc, Notes }: NewBlock): Ticket {
  const { account } = call;
  const day = (ms: number): string => todayIn(account.config.timeZone, ms);
  const id = `ticket-${newId(account, 'fact')}`;
  pushedAs(call, 'ticket', ({ clock }): Done => {
    const ticket: Ticket = {
      ...{ id, unit: door.unit, listingId: door.listingId, title: Name, status: 'open', outOfOrder: Type === 'OutOfOrder' },
      ...{ from: day(StartUtc), until: day(EndUtc - 1), startAt: StartUtc, endAt: EndUtc, notes: Notes ?? '' },
      ...{ block: Type === 'OutOfOrder' ? 'out-of-order' : 'internal-use', openedAt: clock, modifiedAt: clock, by: 'API' },
    };
    account.tickets.set(id, ticket);
    return { kind: 'ticket', id, listings: [door.listingId], notices: [{ about: 'ticket', ticket, opened: true }] };
  });
  return account.tickets.get(id)!;
}
