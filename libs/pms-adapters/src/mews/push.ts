import { PmsError, type Pushes, type PushCommand, type PushOutcome, type PushPlan } from '@roomwire/pms-port';
import { request } from './operations.ts';
import { guid, wireSent } from './wire.ts';

/** Most commands of one request: 1,000 for resources, 100 for tasks; of messages nobody says. */
const BATCH = { 'unit-status': 1_000, task: 100, message: 100 } as const;
type Kind = keyof typeof BATCH;
type Of<K extends Kind> = Extract<PushCommand, { kind: K }>;

/** Mews has no word for a room that is being cleaned. */
const STATES = { dirty: 'Dirty', clean: 'Clean', inspected: 'Inspected', cleaning: undefined } as const;

export const push: Pushes = {
  kinds: ['unit-status', 'task', 'message'],
  pushRequests: (commands) =>
    batches(commands).map(({ kind, batch, first }) => ({
      ...carried(kind, batch),
      carries: batch.map((_, index) => first + index),
    })),
  pushed,
};

function batches(commands: readonly PushCommand[]): { kind: Kind; batch: readonly PushCommand[]; first: number }[] {
  const kind = commands[0]?.kind as Kind;
  const size = BATCH[kind];
  const starts = Array.from({ length: Math.ceil(commands.length / size) }, (_, index) => index * size);
  return starts.map((first) => ({ kind, batch: commands.slice(first, first + size), first }));
}

function carried(kind: Kind, batch: readonly PushCommand[]): Omit<PushPlan, 'carries'> {
  if (kind === 'unit-status')
    return {
      ...request('push-unit-status', 'resources/update', { ResourceUpdates: (batch as Of<'unit-status'>[]).map(updateOf) }),
      idempotent: true,
    };
  if (kind === 'task')
    return { ...request('push-task', 'tasks/close', { TaskIds: (batch as Of<'task'>[]).map(closedTask) }), idempotent: true };
  return {
    ...request('push-message', 'messages/add', { Messages: (batch as Of<'message'>[]).map(messageOf) }),
    idempotent: false,
  };
}

function updateOf({ unit, status }: Of<'unit-status'>): object {
  const state = STATES[status];
  if (!state) throw refused('no such state');
  return { ResourceId: idOf(unit), State: { Value: state } };
}

/** A task can be closed, and nothing else. */
function closedTask({ task, status }: Of<'task'>): string {
  if (status !== 'done') throw refused('a task can only be closed');
  return idOf(task);
}

function messageOf({ conversation, body }: Of<'message'>, index: number): object {
  return { MessageThreadId: idOf(conversation), Text: body, Identifier: String(index) };
}

function idOf(entity: string): string {
  if (!guid.safeParse(entity).success) throw refused('no such id');
  return entity;
}

function refused(detail: string): PmsError {
  return new PmsError('invalid-request', { provider: 'mews', operation: 'push', detail });
}

/** An empty object is Mews' whole word for success; of messages each is named. */
function pushed({ operation, carries }: PushPlan, body: unknown): PushOutcome[] {
  if (operation !== 'push-message') return isEmptyObject(body) ? carries.map(() => ({ kind: 'accepted' })) : [];
  const sent = new Set(wireSent.parse(body).Messages.map(({ Identifier }) => Identifier));
  return carries.map((_, index) => (sent.has(String(index)) ? { kind: 'accepted' } : { kind: 'unknown' }));
}

function isEmptyObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;
}
