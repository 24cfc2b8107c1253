import { createHash } from 'node:crypto';
import { connectionId, decodeToken, HEADER, kind, parseSubject, providerId, subjectOf } from '@roomwire/events';
import type { Bus, StoredMessage } from './bus.ts';
import { errorClassOf, fingerprintOf, pathOf, type DeadCause } from './dead-cause.ts';
import type { DeadOrigin, Delivery } from './delivery.ts';
import { streamOf } from './topology.ts';

/** Headers of a dead letter. The original's own travel under `Orig-`, its bytes are the payload. */
export const DEAD_HEADER = {
  stage: 'Rw-Dead-Stage',
  provider: 'Rw-Dead-Provider',
  reason: 'Rw-Dead-Reason',
  detail: 'Rw-Dead-Detail',
  pointer: 'Rw-Dead-Pointer',
  attempts: 'Rw-Dead-Attempts',
  firstAt: 'Rw-Dead-First-At',
  lastAt: 'Rw-Dead-Last-At',
  fingerprint: 'Rw-Dead-Fingerprint',
  origin: 'Rw-Dead-Origin',
  connection: 'Rw-Dead-Connection',
  kind: 'Rw-Dead-Kind',
  receipt: HEADER.receipt,
  traceparent: HEADER.traceparent,
} as const;
export const ORIGINAL_PREFIX = 'Orig-';

export type DeadLetter = {
  id: string;
  tenant: string;
  stage: string;
  provider: string;
  /** '' where the message did not say. */
  connection: string;
  /** Of the entity that it is about; '' of many, and of bytes that nobody understood. */
  kind: string;
  reason: string;
  detail: string;
  pointer: string;
  /** The pointer without what differs from letter to letter. */
  path: string;
  errorClass: string;
  attempts: number;
  firstAt: string;
  lastAt: string;
  fingerprint: string;
  origin: { stream: string; seq: number; subject: string };
  receipt: string;
  traceparent: string;
  headers: Record<string, string>;
  data: Uint8Array;
};

/** In the subject, of what the message did not say: a token needs a character, and no connection or kind is called that. */
const NOBODY = '-';
const DETAIL_MAX = 500;
const REASON_MAX = 64;

/** Stores a dead letter and awaits the PubAck; only then may the original end. Once per (message, consumer, part). */
export async function publishDeadLetter(
  bus: Bus,
  message: DeadOrigin | Pick<Delivery, 'origin'>,
  why: DeadCause,
  nowMs = Date.now(),
): Promise<void> {
  const from = 'origin' in message ? message.origin() : message;
  // A token of the subject, and a word: whoever made a sentence of it must not close the connection with it (trap 25).
  const cause = { ...why, reason: oneLine(why.reason).slice(0, REASON_MAX) };
  const whose = whoseOf(from);
  const provider = cause.provider ?? whose.provider;
  const fingerprint = fingerprintOf(from.stage, provider, cause);
  const part = cause.pointer ? `-${createHash('sha256').update(cause.pointer).digest('hex').slice(0, 8)}` : '';
  const subject = subjectOf({
    ...{ tenant: from.tenant, family: 'dead', stage: from.stage, provider, reason: cause.reason, fingerprint },
    ...{ connection: whose.connection || NOBODY, kind: whose.kind || NOBODY },
    origin: `${from.stream.split('_')[0]}-${from.seq}${part}`,
  });
  const original = from.headers.filter(([name]) => !name.startsWith('Nats-'));
  const find = (name: string): string => original.find(([key]) => key === name)?.[1] ?? '';
  const headers: Record<string, string> = {
    ...Object.fromEntries(original.map(([name, value]) => [ORIGINAL_PREFIX + name, value])),
    [DEAD_HEADER.stage]: from.stage,
    [DEAD_HEADER.provider]: provider,
    [DEAD_HEADER.reason]: cause.reason,
    [DEAD_HEADER.detail]: oneLine(cause.detail ?? ''),
    [DEAD_HEADER.pointer]: oneLine(cause.pointer ?? ''),
    [DEAD_HEADER.attempts]: String(from.attempts),
    [DEAD_HEADER.firstAt]: from.firstAt,
    [DEAD_HEADER.lastAt]: new Date(nowMs).toISOString(),
    [DEAD_HEADER.fingerprint]: fingerprint,
    [DEAD_HEADER.origin]: JSON.stringify({ stream: from.stream, seq: from.seq, subject: from.subject }),
    [DEAD_HEADER.connection]: whose.connection,
    [DEAD_HEADER.kind]: whose.kind,
    [DEAD_HEADER.receipt]: find(HEADER.receipt),
    [DEAD_HEADER.traceparent]: find(HEADER.traceparent),
  };
  await bus.publish(subject, from.data, {
    id: `dl:${from.stream}:${from.seq}:${from.stage}${part}`,
    headers,
    usesHeadroom: true,
  });
}

/** A header is one line of ASCII; what a provider sent may be anything. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, DETAIL_MAX);
}

type Whose = { provider: string; connection: string; kind: string };

/** As its subject says; an event's says neither provider nor connection, so its body is asked. '' or `unknown`: nobody knows. */
function whoseOf({ subject, data }: DeadOrigin): Whose {
  const parsed = parseSubject(subject);
  const fields: Record<string, unknown> = parsed?.family === 'event' ? eventFields(data) : { ...parsed };
  const provider = providerId.safeParse(fields['provider']);
  return {
    provider: provider.success ? provider.data : 'unknown',
    connection: connectionId.safeParse(fields['connection']).data ?? '',
    kind: kind.safeParse(fields['kind']).data ?? '',
  };
}

function eventFields(data: Uint8Array): Record<string, unknown> {
  try {
    const event = JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>;
    return { ...(event['data'] as object), provider: event['provider'] };
  } catch {
    return {};
  }
}

/** By its headers alone: earlier releases' subjects had no connection and no kind, and those letters are there still. */
export function parseDeadLetter(message: StoredMessage): DeadLetter | undefined {
  const [, tenantToken = '', family] = message.subject.split('.');
  const tenant = decodeToken(tenantToken);
  if (tenant === undefined || family !== 'dead') return undefined;
  const field = (name: string): string => message.header(name);
  const [detail, pointer] = [field(DEAD_HEADER.detail), field(DEAD_HEADER.pointer)];
  const headers = message.headers.flatMap(([name, value]) =>
    name.startsWith(ORIGINAL_PREFIX) ? [[name.slice(ORIGINAL_PREFIX.length), value]] : [],
  );
  return {
    ...{ id: `${tenant}:${message.seq}`, tenant, stage: field(DEAD_HEADER.stage), provider: field(DEAD_HEADER.provider) },
    ...{ reason: field(DEAD_HEADER.reason), fingerprint: field(DEAD_HEADER.fingerprint) },
    ...{ detail, pointer, path: pathOf(pointer), errorClass: errorClassOf(detail) },
    ...{ connection: field(DEAD_HEADER.connection), kind: field(DEAD_HEADER.kind) },
    attempts: Number(field(DEAD_HEADER.attempts)),
    ...{ firstAt: field(DEAD_HEADER.firstAt), lastAt: field(DEAD_HEADER.lastAt) },
    origin: originOf(field(DEAD_HEADER.origin)),
    ...{ receipt: field(DEAD_HEADER.receipt), traceparent: field(DEAD_HEADER.traceparent) },
    headers: Object.fromEntries(headers) as Record<string, string>,
    data: message.data,
  };
}

function originOf(text: string): DeadLetter['origin'] {
  try {
    return JSON.parse(text) as DeadLetter['origin'];
  } catch {
    return { stream: '', seq: 0, subject: '' };
  }
}

/** A tenant's letters, oldest first; stops at `limit`. */
export async function* listDeadLetters(bus: Bus, tenant: string, limit = 1000): AsyncGenerator<DeadLetter> {
  const stream = streamOf('DEAD', tenant);
  let seq = 1;
  for (let count = 0; count < limit; count++) {
    const message = await bus.nextOn(stream, '>', seq);
    if (!message) return;
    const letter = parseDeadLetter(message);
    if (letter) yield letter;
    seq = message.seq + 1;
  }
}

/** One letter by the id that a listing shows: `<tenant>:<sequence>`. */
export async function deadLetterById(bus: Bus, id: string): Promise<DeadLetter | undefined> {
  const [, tenant, seq] = /^([a-z0-9-]+):(\d+)$/.exec(id) ?? [];
  const message = tenant ? await bus.message(streamOf('DEAD', tenant), Number(seq)) : undefined;
  return message && parseDeadLetter(message);
}
