import {
  headers as natsHeaders,
  NoRespondersError,
  RequestError,
  TimeoutError,
  type MsgHdrs,
  type NatsConnection,
} from '@nats-io/nats-core';
import { Link, LinkDown } from './link.ts';
import { jetstreamManager, JetStreamApiError, PubHeaders, type JetStreamManager } from '@nats-io/jetstream';
import { HEADER, subjectOf, type Subject } from '@roomwire/events';
import { activeTraceparent, inSpan, isTracing } from '@roomwire/telemetry';
import { pairsOf } from './message-headers.ts';
import { publishSpan } from './message-span.ts';
import { PubAcks, type PubAck } from './pub-acks.ts';

/** What can go wrong with the broker; acted upon by code. */
export type BusErrorCode =
  /** Compare-and-set: somebody else wrote to the subject first. */
  | 'conflict'
  /** The stream is at its limit; nothing was stored. */
  | 'full'
  /** No stream takes this subject. */
  | 'no-stream'
  /** Nobody answered in time, or the connection is down: stored or not, unknown. */
  | 'unavailable'
  /** The broker will never take this message. */
  | 'invalid';

export class BusError extends Error {
  override readonly name = 'BusError';
  constructor(
    readonly code: BusErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}`, options);
  }
}

export type Published = PubAck;
export type PublishOptions = {
  id: string;
  headers?: Record<string, string>;
  expectLast?: number;
  timeoutMs?: number;
  /** For what keeps a message that is stored already: it may use the {@link HEADROOM}. */
  usesHeadroom?: boolean;
};
export type StoredMessage = {
  subject: string;
  seq: number;
  time: Date;
  header(name: string): string;
  headers: [string, string][];
  data: Uint8Array;
};

const CODES: Record<number, BusErrorCode> = {
  10071: 'conflict',
  10164: 'conflict',
  10077: 'full',
  10059: 'no-stream',
  10037: 'no-stream',
  10054: 'invalid',
};

/** The broker closes a connection, with everything on it, over a control line of 4 KB (trap 25). */
const SUBJECT_MAX = 2_000;
const TIMEOUT_MS = 5_000;
/** For names by the hundred thousand, which come in several answers. */
const SUBJECTS_TIMEOUT_MS = 30_000;
/** Bytes that every message leaves free: a stored wait or a dead letter of it has more headers, and must fit, or it could never end. */
const HEADROOM = 8_192;
/** The server's default, for a connection that has not heard from it yet. */
const PAYLOAD_MAX = 1_048_576;

/** Publishing that always awaits the PubAck, and reads that always ask the leader. */
export class Bus {
  private readonly acks: PubAcks;
  private readonly link: Link;
  private manager: Promise<JetStreamManager> | undefined;

  constructor(readonly nc: NatsConnection) {
    this.acks = PubAcks.of(nc);
    this.link = Link.of(nc);
  }

  /** @throws {BusError} */
  async publish(subject: Subject | string, body: unknown, options: PublishOptions): Promise<Published> {
    const to = typeof subject === 'string' ? subject : subjectOf(subject);
    const data = body instanceof Uint8Array ? body : JSON.stringify(body);
    if (!isTracing()) return this.send(to, data, options);
    const { id, headers = {} } = options;
    const sent = { nc: this.nc, subject: to, id, bytes: Buffer.byteLength(data), receipt: headers[HEADER.receipt] };
    // What is under way here sends it; else whoever sent the message that this is made of (a stored copy, a debt).
    const parent = activeTraceparent() ? {} : { parent: headers[HEADER.traceparent] };
    return inSpan({ ...publishSpan(sent), ...parent }, async ({ traceparent }) =>
      this.send(to, data, { ...options, headers: traceparent ? { ...headers, [HEADER.traceparent]: traceparent } : headers }),
    );
  }

  private async send(
    to: string,
    data: Uint8Array | string,
    { id, headers, expectLast, timeoutMs = TIMEOUT_MS, usesHeadroom }: PublishOptions,
  ): Promise<Published> {
    if (to.length > SUBJECT_MAX)
      throw new BusError('invalid', `a subject of ${to.length} characters; ${SUBJECT_MAX} is the limit`);
    const bytesMax = (this.nc.info?.max_payload ?? PAYLOAD_MAX) - (usesHeadroom ? 0 : HEADROOM);
    const bytes = sizeOf(data, headers);
    if (bytes > bytesMax) throw new BusError('invalid', `a message of ${bytes} bytes; ${bytesMax} is the limit`);
    const expected = expectLast === undefined ? {} : { [PubHeaders.ExpectedLastSubjectSequenceHdr]: String(expectLast) };
    const head = headersOf({ ...headers, [PubHeaders.MsgIdHdr]: id, ...expected });
    try {
      return await this.link.ask(() => this.acks.publish({ subject: to, data, headers: head, timeoutMs }), timeoutMs);
    } catch (error) {
      throw busErrorOf(error);
    }
  }

  /** The subject's last message as the leader has it: never a follower's direct get, which may not know our own write. */
  lastOnLeader(stream: string, subject: string): Promise<StoredMessage | undefined> {
    return this.read(stream, { last_by_subj: subject });
  }

  message(stream: string, seq: number): Promise<StoredMessage | undefined> {
    return this.read(stream, { seq });
  }

  /** First message at or after `seq` on subjects that match. */
  nextOn(stream: string, subject: string, seq: number): Promise<StoredMessage | undefined> {
    return this.read(stream, { seq, next_by_subj: subject });
  }

  /** Sequence of the last message that the stream was given; 0 = of none. @throws {BusError} */
  async lastSeq(stream: string): Promise<number> {
    try {
      const { state } = await this.link.ask(async () => (await this.jsm()).streams.info(stream), TIMEOUT_MS);
      return state.last_seq;
    } catch (error) {
      throw busErrorOf(error);
    }
  }

  /** Subjects that match and have a message in the stream, without the messages. @throws {BusError} */
  async subjectsOn(stream: string, filter: string): Promise<string[]> {
    try {
      const asked = { subjects_filter: filter };
      const { state } = await this.link.ask(async () => (await this.jsm()).streams.info(stream, asked), SUBJECTS_TIMEOUT_MS);
      return Object.keys(state.subjects ?? {});
    } catch (error) {
      throw busErrorOf(error);
    }
  }

  /** True: it was there and is gone. */
  async remove(stream: string, seq: number): Promise<boolean> {
    try {
      return await this.link.ask(async () => (await this.jsm()).streams.deleteMessage(stream, seq, false), TIMEOUT_MS);
    } catch (error) {
      if (isMissing(error)) return false;
      throw busErrorOf(error);
    }
  }

  jsm(): Promise<JetStreamManager> {
    return (this.manager ??= jetstreamManager(this.nc, { checkAPI: false, timeout: TIMEOUT_MS }));
  }

  private async read(
    stream: string,
    query: { last_by_subj: string } | { seq: number; next_by_subj?: string },
  ): Promise<StoredMessage | undefined> {
    try {
      const found = await this.link.ask(async () => (await this.jsm()).streams.getMessage(stream, query), TIMEOUT_MS);
      if (!found) return undefined;
      const { subject, seq, time, header, data } = found;
      return { subject, seq, time, data, header: (name) => header?.get(name) ?? '', headers: pairsOf(header) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw busErrorOf(error);
    }
  }
}

function sizeOf(data: Uint8Array | string, headers: Record<string, string> = {}): number {
  const head = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  return head + (typeof data === 'string' ? Buffer.byteLength(data) : data.length);
}

function headersOf(pairs: Record<string, string>): MsgHdrs {
  const head = natsHeaders();
  try {
    for (const [name, value] of Object.entries(pairs)) head.set(name, value);
    return head;
  } catch (cause) {
    throw new BusError('invalid', 'a header that is none', { cause });
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError && (error.code === 10037 || error.code === 10043);

export function busErrorOf(error: unknown): BusError {
  if (error instanceof BusError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof JetStreamApiError)
    return new BusError(CODES[cause.code] ?? (cause.status >= 500 ? 'unavailable' : 'invalid'), cause.message, { cause });
  const answeredByNobody = cause instanceof NoRespondersError || (cause instanceof RequestError && cause.isNoResponders());
  if (cause.name === 'JetStreamNotEnabled' || answeredByNobody) return new BusError('no-stream', cause.message, { cause });
  if (cause instanceof TimeoutError || cause instanceof LinkDown) return new BusError('unavailable', cause.message, { cause });
  if (/max_?payload|permission|subject|argument/i.test(`${cause.name} ${cause.message}`))
    return new BusError('invalid', cause.message, { cause });
  if (cause instanceof RequestError) return new BusError('unavailable', cause.message, { cause });
  return new BusError('unavailable', cause.message, { cause });
}
