import {
  type AccountContext,
  majorUnits,
  pathSegment,
  PmsError,
  type PushCommand,
  type Pushes,
  type PushKind,
  type PushOutcome,
  type PushPlan,
} from '@roomwire/pms-port';
import { spansOf, type Change, type Span } from './spans.ts';
import { TASK_STATUSES } from './task.ts';
import { wireDone, wireSent, wireTaskDone } from './wire.ts';

/** Of one request; documented. */
const INTERVALS_MAX = 200;

type Of<K extends PushKind> = Extract<PushCommand, { kind: K }>;
/** `position`: among the commands that were given. */
type Nights = Span & { listing: string; position: number };

export const push: Pushes = { kinds: ['availability', 'rate', 'message', 'task'], pushRequests, pushed };

function pushRequests(commands: readonly PushCommand[], account: AccountContext): PushPlan[] {
  const nights: Nights[] = [];
  const single: PushPlan[] = [];
  for (const [position, command] of commands.entries()) {
    if (command.kind === 'message') single.push(messagePlan(command, position));
    else if (command.kind === 'task') single.push(taskPlan(command, position));
    else if (command.kind === 'availability') nights.push(nightsOf(command, position, availabilityOf(command)));
    else if (command.kind === 'rate') nights.push(nightsOf(command, position, rateOf(command, account)));
  }
  return [...calendarPlans(nights), ...single];
}

function nightsOf({ unitType, from, until }: Of<'availability' | 'rate'>, position: number, change: Change): Nights {
  return { listing: unitType, position, from, until, change };
}

/** A listing of one unit goes by `isAvailable` and one of several by `desiredUnitsToSell`; which of them it is nobody here knows. */
function availabilityOf({ available, closed }: Of<'availability'>): Change {
  if (closed) return { isAvailable: 0, desiredUnitsToSell: 0 };
  if (available !== null) return { isAvailable: available > 0 ? 1 : 0, desiredUnitsToSell: available };
  if (closed === null) throw refused('push-availability', 'neither a number nor whether it is closed');
  return { isAvailable: 1 };
}

/** A price is sent without its currency: it must be the account's, or a hundred yen would become a hundred dollars. */
function rateOf({ price, minimumStay, ratePlan }: Of<'rate'>, { unsaid }: AccountContext): Change {
  if (ratePlan !== null) throw refused('push-rate', 'a listing has no rate plans');
  if (price.currency !== unsaid?.currency) throw refused('push-rate', 'another currency than the account’s');
  return { price: majorUnits(price.amountMinor, price.currency), ...(minimumStay === null ? {} : { minimumStay }) };
}

function calendarPlans(nights: readonly Nights[]): PushPlan[] {
  const listings = [...new Set(nights.map(({ listing }) => listing))];
  return listings.flatMap((id) =>
    plansOf(
      id,
      nights.filter(({ listing }) => listing === id),
    ),
  );
}

/** One request where the nights come to no more intervals than one may have; else in halves, the earlier first. */
function plansOf(listing: string, nights: readonly Nights[]): PushPlan[] {
  const intervals = spansOf(nights);
  if (intervals.length > INTERVALS_MAX && nights.length > 1) {
    const half = Math.ceil(nights.length / 2);
    return [...plansOf(listing, nights.slice(0, half)), ...plansOf(listing, nights.slice(half))];
  }
  const body = intervals.map(({ from, until, change }) => ({ startDate: from, endDate: until, ...change }));
  return [
    {
      ...put(`/v1/listings/${pathSegment(listing)}/calendarIntervals`, body),
      operation: 'push-calendar',
      carries: nights.map(({ position }) => position),
    },
  ];
}

/** By e-mail, which is what the documents take where nothing else is said. Sent twice it is there twice. */
function messagePlan({ conversation, body }: Of<'message'>, position: number): PushPlan {
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

function taskPlan({ task, status }: Of<'task'>, position: number): PushPlan {
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
