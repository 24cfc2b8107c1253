import { subjectOf, type Subject } from '@roomwire/events';
import { BusError, type Bus, type PublishOptions } from './bus.ts';
import type { Ledger, Parked } from './ledger.ts';
import { LATER_HEADER } from './message-headers.ts';
import { streamOf } from './topology.ts';

/** The broker is away: no need to ask it for every copy. */
const FAILURES_MAX = 3;
const OF_THE_WAIT: ReadonlySet<string> = new Set([LATER_HEADER.subject, LATER_HEADER.due, LATER_HEADER.parkedFor]);

export type Waiting = {
  tenant: string;
  stage: string;
  stream: string;
  seq: number;
  subject: string;
  headers: [string, string][];
  data: Uint8Array;
  attempts: number;
};

/** `parked`: or as soon as that is open. */
export type Until = { dueMs: number; parked?: Parked | undefined };

/** Stores a copy that is published again then. After this the original may be acked: the wait holds nothing up. */
export async function storeForLater(bus: Bus, ledger: Ledger, message: Waiting, until: Until): Promise<void> {
  const { tenant, stage, stream, seq, subject, data, attempts } = message;
  const n = `${stream.split('_')[0]}-${seq}`;
  const options = {
    id: `later:${stream}:${seq}`,
    usesHeadroom: true,
    headers: {
      ...Object.fromEntries(message.headers.filter(([name]) => !name.startsWith('Nats-'))),
      [LATER_HEADER.attempts]: String(attempts),
    },
  };
  await store(bus, ledger, { tenant, stage, n, subject, body: data, options }, until);
}

/** `stage`: the consumer that takes the message in the end, and whose loop publishes it. `id`: stored once in two minutes, whoever asks. */
export type Postponed = {
  tenant: string;
  stage: string;
  id: string;
  subject: Subject;
  body: unknown;
  headers: Record<string, string>;
};

/** Publishes a new message not before `dueMs`; stored when the promise resolves. The loops look every 2 s. @throws {BusError} */
export async function publishLater(bus: Bus, ledger: Ledger, message: Postponed, dueMs: number): Promise<void> {
  const { tenant, stage, id, subject, body, headers } = message;
  const options = { id: `later:${stage}:${id}`, headers };
  await store(bus, ledger, { tenant, stage, n: id, subject: subjectOf(subject), body, options }, { dueMs });
}

type Copy = { tenant: string; stage: string; n: string; subject: string; body: unknown; options: PublishOptions };

async function store(bus: Bus, ledger: Ledger, { tenant, stage, n, subject, body, options }: Copy, until: Until): Promise<void> {
  const { dueMs, parked } = until;
  const headers = {
    ...{ ...options.headers, [LATER_HEADER.subject]: subject, [LATER_HEADER.due]: String(dueMs) },
    ...(parked ? { [LATER_HEADER.parkedFor]: parked.for } : {}),
  };
  const { seq } = await bus.publish({ tenant, family: 'later', stage, n }, body, { ...options, headers });
  await ledger.addDue(tenant, stage, seq, dueMs, parked);
}

/** Publishes again what is due; by any replica, twice at worst (the id and the merge see to it). Answers when the next one is. */
export async function publishDue(
  bus: Bus,
  ledger: Ledger,
  tenant: string,
  stage: string,
  nowMs: number,
  limit = 256,
): Promise<number | undefined> {
  let due = await ledger.due(tenant, stage, nowMs, limit);
  if (!due) {
    await indexCopies(bus, ledger, tenant, stage);
    due = await ledger.due(tenant, stage, nowMs, limit);
  }
  const failed: unknown[] = [];
  for (const seq of due?.seqs ?? []) {
    try {
      const parkedFor = await publishAgain(bus, tenant, seq);
      await ledger.removeDue(tenant, stage, seq, parkedFor);
    } catch (error) {
      failed.push(error); // it stays in the index; those behind it need not wait for it
      if (failed.length >= FAILURES_MAX) break;
    }
  }
  if (failed.length) throw failed[0];
  return due?.nextMs;
}

/** Answers what it was parked for. */
async function publishAgain(bus: Bus, tenant: string, seq: number): Promise<string | undefined> {
  const stream = streamOf('WORK', tenant);
  const copy = await bus.message(stream, seq);
  if (!copy) return undefined;
  const headers = Object.fromEntries(copy.headers.filter(([name]) => !name.startsWith('Nats-') && !OF_THE_WAIT.has(name)));
  // A fresh id: under the first one the broker would call it a duplicate and store nothing (trap 4).
  await bus.publish(copy.header(LATER_HEADER.subject), copy.data, { id: `lt:${stream}:${seq}`, headers, usesHeadroom: true });
  await bus.remove(stream, seq);
  return copy.header(LATER_HEADER.parkedFor) || undefined;
}

/**
 * The index is only that: the copies say themselves when they are due. Also called now and then where an index exists: one that was
 * set back (Redis restored from a snapshot) does not look lost.
 */
export async function indexCopies(bus: Bus, ledger: Ledger, tenant: string, stage: string): Promise<void> {
  const stream = streamOf('WORK', tenant);
  const filter = subjectOf({ tenant, family: 'later', stage, n: 'x' }).replace(/x$/, '*');
  for (let seq = 1; ;) {
    const copy = await bus.nextOn(stream, filter, seq);
    if (!copy) break;
    const parkedFor = copy.header(LATER_HEADER.parkedFor);
    const parked = parkedFor ? { for: parkedFor, sinceMs: copy.time.getTime() } : undefined;
    await ledger.addDue(tenant, stage, copy.seq, Number(copy.header(LATER_HEADER.due)), parked);
    seq = copy.seq + 1;
  }
  await ledger.setIndexed(tenant, stage);
}

export const isFull = (error: unknown): boolean => error instanceof BusError && error.code === 'full';
