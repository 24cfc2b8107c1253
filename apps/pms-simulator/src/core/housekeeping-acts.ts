import { isRefused, refuse, type Acts, type Done, type Notice, type Refused, type Scene } from './act-scene.ts';
import { stateAfter, UNIT_STATES, WORK_STATES, type Ticket, type UnitStatus, type Work } from './housekeeping.ts';
import { CHORES, REPAIRS, staffName } from './people.ts';
import { addDays, hourOf } from './stamps.ts';
import { advanceCleaning } from './cleanings.ts';
import { newId, type Account } from './world.ts';

const DOORS_PER_NOTICE = 100;

/** What the people in the house do. Not every provider pushes it; the housekeeping app's signed webhook always does. */
export const housekeepingActs: Acts<'unitStatus' | 'task' | 'ticket' | 'announce'> = {
  unitStatus(scene) {
    const before = chooseDoor(scene);
    if (isRefused(before)) return before;
    const asked = scene.command.status;
    const status = asked === undefined ? stateAfter(before.status) : UNIT_STATES.find((known) => known === asked);
    if (!status) return refuse(`a unit cannot be ${asked}`);
    const next: UnitStatus = { ...before, status, outOf: null, modifiedAt: scene.clock, by: staffName(scene.account.chance) };
    scene.account.unitStatuses.set(next.unit, next);
    advanceCleaning(scene.account, next, scene.today, scene.now);
    return told('unit-status', next.unit, next.listingId, { about: 'units', doors: [next], announced: false });
  },

  task(scene) {
    const known = scene.command.task ?? openOf(scene, scene.account.works);
    if (known !== undefined) return nextOfTask(scene, known);
    const door = chooseDoor(scene);
    if (isRefused(door)) return door;
    const { account, command, clock } = scene;
    const type = command.type ?? account.chance.pick(['maintenance', 'other'] as const);
    const work: Work = {
      ...{
        id: `task-${newId(account, 'fact')}`,
        unit: door.unit,
        listingId: door.listingId,
        type,
        status: 'open',
        modifiedAt: clock,
      },
      title: command.title ?? account.chance.pick(type === 'maintenance' ? REPAIRS : CHORES),
      ...{ due: command.due ?? null, reservationId: null, notes: command.body ?? '', openedAt: clock },
      by: staffName(account.chance),
    };
    account.works.set(work.id, work);
    return told('task', work.id, work.listingId, { about: 'task', work });
  },

  ticket(scene) {
    const known = scene.command.ticket ?? openOf(scene, scene.account.tickets);
    if (known !== undefined) return nextOfTicket(scene, known);
    const door = chooseDoor(scene);
    if (isRefused(door)) return door;
    const { account, command, clock, today } = scene;
    const outOfOrder = command.outOfOrder ?? account.chance.happens(0.4);
    const from = command.from ?? (outOfOrder ? today : null);
    const until = command.until ?? (outOfOrder ? addDays(today, 1) : null);
    const ticket: Ticket = {
      ...{
        id: `ticket-${newId(account, 'fact')}`,
        unit: door.unit,
        listingId: door.listingId,
        status: 'open',
        outOfOrder,
        modifiedAt: clock,
      },
      title: command.title ?? account.chance.pick(REPAIRS),
      ...{ from, until, block: outOfOrder ? 'out-of-order' : null, notes: command.body ?? '', openedAt: clock },
      ...blockTimes(account, from, until),
      by: staffName(account.chance),
    };
    account.tickets.set(ticket.id, ticket);
    return told('ticket', ticket.id, ticket.listingId, { about: 'ticket', ticket, opened: true });
  },

  /** How every door stands: what the app says when it is first connected, many facts in one webhook. */
  announce({ account }) {
    const doors = [...account.unitStatuses.values()];
    const pages = Array.from({ length: Math.ceil(doors.length / DOORS_PER_NOTICE) }, (_, page) => page * DOORS_PER_NOTICE);
    const notices = pages.map(
      (first) => ({ about: 'units', doors: doors.slice(first, first + DOORS_PER_NOTICE), announced: true }) as const,
    );
    account.announced = true;
    return { kind: 'unit-status', id: '*', listings: account.listings.map(({ id }) => id), notices };
  },
};

function nextOfTask({ account, command, clock }: Scene, id: string): Done | Refused {
  const work = account.works.get(id);
  if (!work) return refuse(`no task ${id}`);
  const following = work.status === 'open' ? 'in-progress' : 'done';
  const status = command.status === undefined ? following : WORK_STATES.find((known) => known === command.status);
  if (!status) return refuse(`a task cannot be ${command.status}`);
  const next: Work = { ...work, status, title: command.title ?? work.title, due: command.due ?? work.due, modifiedAt: clock };
  account.works.set(id, next);
  return told('task', id, next.listingId, { about: 'task', work: next });
}

function nextOfTicket({ account, command, clock }: Scene, id: string): Done | Refused {
  const ticket = account.tickets.get(id);
  if (!ticket) return refuse(`no ticket ${id}`);
  const status = command.status ?? 'closed';
  if (status !== 'open' && status !== 'closed') return refuse(`a ticket cannot be ${status}`);
  const outOfOrder = command.outOfOrder ?? (status === 'open' && ticket.outOfOrder);
  const { from = ticket.from, until = ticket.until, title = ticket.title } = command;
  const block = outOfOrder ? (ticket.block ?? 'out-of-order') : ticket.block;
  const next: Ticket = { ...ticket, status, outOfOrder, from, until, block, title, modifiedAt: clock };
  if (command.from !== undefined || command.until !== undefined) Object.assign(next, blockTimes(account, from, until));
  account.tickets.set(id, next);
  return told('ticket', id, next.listingId, { about: 'ticket', ticket: next, opened: false });
}

/** From midnight to midnight on the wall of the property; the last day is blocked too. */
const blockTimes = ({ config }: Account, from: string | null, until: string | null): Pick<Ticket, 'startAt' | 'endAt'> => ({
  startAt: from === null ? null : hourOf(from, 0, config.timeZone),
  endAt: until === null ? null : hourOf(addDays(until, 1), 0, config.timeZone),
});

/** Left to itself the story closes more than it opens, or a house would drown in tickets. */
function openOf({ account, command }: Scene, things: ReadonlyMap<string, Work | Ticket>): string | undefined {
  const opens =
    command.listing !== undefined || command.title !== undefined || command.type !== undefined || command.status === 'open';
  if (opens) return undefined;
  const open = [...things.values()].filter(({ status }) => !['done', 'cancelled', 'closed'].includes(status));
  return open.length > 0 && account.chance.happens(open.length > 4 ? 0.9 : 0.5) ? account.chance.pick(open).id : undefined;
}

/** The door named; else one that waits for somebody, if the chance wants it so. */
function chooseDoor({ account, command: { listing, unit } }: Scene): UnitStatus | Refused {
  const doors = [...account.unitStatuses.values()].filter((door) => listing === undefined || door.listingId === listing);
  if (doors.length === 0) return refuse(`no listing ${listing}`);
  if (unit !== undefined) return doors.find((door) => door.unit.endsWith(`/${unit}`)) ?? refuse(`no unit ${unit}`);
  if (listing !== undefined) return doors[0]!;
  const waiting = doors.filter(({ status }) => status !== 'inspected');
  return account.chance.pick(waiting.length > 0 && account.chance.happens(0.8) ? waiting : doors);
}

const told = (kind: string, id: string, listingId: number, notice: Notice): Done => ({
  ...{ kind, id, listings: [listingId] },
  notices: [notice],
});
