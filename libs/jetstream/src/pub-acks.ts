import { JetStreamApiError, JetStreamError, type ApiError } from '@nats-io/jetstream';
import {
  createInbox,
  ClosedConnectionError,
  NoRespondersError,
  PermissionViolationError,
  TimeoutError,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
} from '@nats-io/nats-core';
import type { NatsConnectionImpl } from '@nats-io/nats-core/internal';
import { TransientMap } from '@roomwire/collections';

export type PubAck = { stream: string; seq: number; duplicate: boolean };
export type Sent = { subject: string; data: Uint8Array | string; headers: MsgHdrs; timeoutMs: number };
type Answer = Partial<PubAck> & { error?: ApiError };

const known = new WeakMap<NatsConnection, PubAcks>();

/**
 * What the broker answers to what is stored, on one inbox of the connection. The client's own requests would do; a race of two promises,
 * and an error with its stack for each that is answered, take as long as all the rest of publishing (ADR 0037).
 */
export class PubAcks {
  private readonly inbox: string;
  private readonly waiting = new TransientMap<string, Waiting>();
  private sent = 0;

  static of(nc: NatsConnection): PubAcks {
    const acks = known.get(nc) ?? new PubAcks(nc);
    known.set(nc, acks);
    return acks;
  }

  private constructor(private readonly nc: NatsConnection) {
    this.inbox = `${createInbox((nc as NatsConnectionImpl).options.inboxPrefix)}.`;
    nc.subscribe(`${this.inbox}*`, {
      callback: (error, message) => {
        if (!error) this.answered(message);
      },
    });
    void this.watch();
    void nc.closed().then(() => this.endAll(() => true, new ClosedConnectionError()));
  }

  /** @throws what the client's `publish` of JetStream throws */
  publish({ subject, data, headers, timeoutMs }: Sent): Promise<PubAck> {
    return new Promise((resolve, reject) => {
      const token = (this.sent++).toString(36);
      this.nc.publish(subject, data, { headers, reply: this.inbox + token });
      const timer = setTimeout(() => this.take(token)?.reject(new TimeoutError()), timeoutMs);
      this.waiting.set(token, { subject, resolve, reject, timer });
    });
  }

  private answered(message: Msg): void {
    const waiting = this.take(message.subject.slice(this.inbox.length));
    if (!waiting) return; // it came too late
    try {
      waiting.resolve(ackOf(message, waiting.subject));
    } catch (error) {
      waiting.reject(error);
    }
  }

  private take(token: string): Waiting | undefined {
    const waiting = this.waiting.get(token);
    this.waiting.delete(token);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  /** The broker answers nothing to what a user may not publish; it tells the connection. */
  private async watch(): Promise<void> {
    for await (const status of this.nc.status())
      if (status.type === 'error' && status.error instanceof PermissionViolationError && status.error.operation === 'publish') {
        const refused = status.error;
        this.endAll(({ subject }) => subject === refused.subject, refused);
      }
  }

  private endAll(which: (waiting: Waiting) => boolean, error: Error): void {
    for (const [token, waiting] of [...this.waiting]) if (which(waiting)) this.take(token)?.reject(error);
  }
}

type Waiting = {
  subject: string;
  resolve: (ack: PubAck) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
};

function ackOf(message: Msg, subject: string): PubAck {
  if (message.data.length === 0 && message.headers?.code === 503) throw new NoRespondersError(subject);
  const { error, stream, seq, duplicate = false } = message.json<Answer>();
  if (error) throw new JetStreamApiError(error);
  if (!stream || seq === undefined) throw new JetStreamError('an answer that is no acknowledgement');
  return { stream, seq, duplicate };
}
