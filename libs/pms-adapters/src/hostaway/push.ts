import {
  majorUnits,
  pathSegment,
  PmsError,
  type PushCommand,
  type Pushes,
  type PushKind,
  type PushOutcome,
  type PushPlan,
} from '@roomwire/pms-port';
import { spansOf, type Change } from './spans.ts';
import { TASK_STATUSES } from './task.ts';
import { wireDone, wireSent, wireTaskDone } from './wire.ts';

/** Of one request; documented. */
const INTERVALS_MAX = 200;

type Of<K extends PushKind> = Extract<PushCommand, { kind: K }>;
/** A command, and its position among those that were given. */
type Carried<C> = { command: C; position: number };

export const push: Pushes = { kinds: ['availability', 'rate', 'message', 'task'], pushRequests, pushed };

function pushRequests(commands: readonly PushCommand[]): PushPlan[] {
  const nights = commands.flatMap((command, position) =>
    command.kind === 'availability' || command.kind === 'rate' ? [{ command, position }] : [],
  );
  const single = commands.flatMap((command, position) => {
    if (command.kind === 'message') return [messagePlan({ command, position })];
    return command.kind === 'task' ? [taskPlan({ command, position })] : [];
  });
  return [...calendarPlans(nights), ...single];
}

/** All of a listing in one request, where its nights come to no more intervals than one may have; else in halves, the earlier first. */
function calendarPlans(carried: readonly Carried<Of<'availability' | 'rate'>>[]): PushPlan[] {
  const listings = [...new Set(carried.map(({ command }) => command.unitType))];
  return listings.flatMap((listing) =>
    plansOf(
      listing,
      carried.filter(({ command }) => command.unitType === listing),
    ),
  );
}

function plansOf(listing: string, carried: readonly Carried<Of<'availability' | 'rate'>>[]): PushPlan[] {
  const intervals = spansOf(
    carried.map(({ command }) => ({ from: command.from, until: command.until, change: changeOf(command) })),
  );
  if (intervals.length > INTERVALS_MAX && carried.length > 1) {
    const half = Math.ceil(carried.length / 2);
    return [...plansOf(listing, carried.slice(0, half)), ...plansOf(listing, carried.slice(half))];
  }
  return [
    {
      ...put(
        `/v1/listings/${pathSegment(listing)}/calendarIntervals`,
        intervals.map(({ from, until, change }) => ({ startDate: from, endDate: until, ...change })),
      ),
      operation: 'push-calendar',
      carries: carried.map(({ position }) => position),
    },
  ];
}

/** A listing of one unit goes by `isAvailable` and one of several by `desiredUnitsToSell`; which of them it is nobody here knows. */
function changeOf(command: Of<'availability' | 'rate'>): Change {
  if (command.kind === 'rate') {
    const { price, minimumStay, ratePlan } = command;
    if (ratePlan !== null) throw refused('push-rate', 'a listing has no rate plans');
    return { price: majorUnits(price.amountMinor, price.currency), ...(minimumStay === null ? {} : { minimumStay }) };
  }
  const { available, closed } = command;
  if (closed) return { isAvailable: 0, desiredUnitsToSell: 0 };
  if (available !== null) return { isAvailable: available > 0 ? 1 : 0, desiredUnitsToSell: available };
  if (closed === null) throw refused('push-availability', 'neither a number nor whether it is closed');
  return { isAvailable: 1 };
}

/** By e-mail, which is what the documents take where nothing else is said. Sent twice it is there twice. */
function messagePlan({ command: { conversation, body }, position }: Carried<Of<'message'>>): PushPlan {
  return {
    operation: 'push-message',
    method: 'POST',
    path: `/v1/conversations/${pathSegment(conversation)}/messages`,
    ...json({ body }),
    carries: [position],
    idempotent: false,
  };
}

const THEIR_STATUS: Readonly<Record<Of<'task'>['status'], string>> = {
  open: 'pending',
  'in-progress': 'inProgress',
  done: 'completed',
  cancelled: 'cancelled',
};

function taskPlan({ command: { task, status }, position }: Carried<Of<'task'>>): PushPlan {
  return {
    ...put(`/v1/tasks/${pathSegment(task)}`, { status: THEIR_STATUS[status] }),
    operation: 'push-task',
    carries: [position],
  };
}

function put(path: string, body: unknown): Pick<PushPlan, 'method' | 'path' | 'headers' | 'body' | 'idempotent'> {
  return { method: 'PUT', path, ...json(body), idempotent: true };
}

function json(body: unknown): Required<Pick<PushPlan, 'headers' | 'body'>> {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function pushed(plan: PushPlan, body: unknown): PushOutcome[] {
  if (plan.operation === 'push-calendar') {
    const done = wireDone.safeParse(body).success;
    return plan.carries.map(() => (done ? { kind: 'accepted' } : { kind: 'unknown' }));
  }
  if (plan.operation === 'push-message') return wireSent.safeParse(body).success ? [{ kind: 'accepted' }] : [];
  return taskOutcome(plan, body);
}

/** The answer is the task as it is now: it has the status that was asked for, or it has been left as it was. */
function taskOutcome(plan: PushPlan, body: unknown): PushOutcome[] {
  const answer = wireTaskDone.safeParse(body);
  if (!answer.success) return [];
  const { status } = answer.data.result;
  if (status === (JSON.parse(plan.body!) as { status: string }).status) return [{ kind: 'accepted' }];
  if (!Object.hasOwn(TASK_STATUSES, status)) return [];
  return [{ kind: 'refused', code: 'forbidden', detail: `the task is ${status}` }];
}

function refused(operation: string, detail: string): PmsError {
  return new PmsError('invalid-request', { provider: 'hostaway', operation, detail });
}
