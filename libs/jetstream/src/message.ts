import type { JsMsg } from '@nats-io/jetstream';
import type { Subject } from '@roomwire/events';
import { BadPayload, type DeadOrigin, type Delivery } from './delivery.ts';
import { LATER_HEADER, pairsOf } from './message-headers.ts';

/** A message in hand: what a handler sees of it, and what the transport needs to end it. */
export class InHand {
  readonly receivedMs: number;
  readonly notes: Record<string, unknown> = {};
  /** Counted by the transport; set before the handler runs. */
  attempt = 1;
  begun = false;
  settled = false;
  /** Runs alone: it was held before by somebody who never came to an end with it. */
  suspect = false;
  /** Its verdict asks the consumer to pull nothing for so long, ms. */
  restMs = 0;
  hasVerdict = false;
  /** Parsed once, whoever looks first. */
  private parsed: { body: unknown } | undefined;

  constructor(
    readonly message: JsMsg,
    readonly tenant: string,
    readonly stage: string,
    nowMs: number,
  ) {
    this.receivedMs = nowMs;
  }

  get stream(): string {
    return this.message.info.stream;
  }

  get seq(): number {
    return this.message.seq;
  }

  header(name: string): string {
    return this.message.headers?.get(name) ?? '';
  }

  /** Tries before this stay in the stream: a copy that waited carries them. */
  get attemptsBefore(): number {
    return Number(this.header(LATER_HEADER.attempts)) || 0;
  }

  delivery(subject: Subject): Delivery {
    const { message } = this;
    return {
      ...{ tenant: this.tenant, stream: this.stream, seq: this.seq, subject, data: message.data, attempt: this.attempt },
      header: (name) => this.header(name),
      json: () => this.json(),
      origin: () => this.origin(),
      note: (fields) => void Object.assign(this.notes, fields),
    };
  }

  private json(): unknown {
    try {
      return (this.parsed ??= { body: this.message.json() }).body;
    } catch (error) {
      throw new BadPayload('the payload is not JSON', { cause: error });
    }
  }

  origin(): DeadOrigin {
    const { message } = this;
    return {
      ...{ tenant: this.tenant, stream: this.stream, seq: this.seq, stage: this.stage, subject: message.subject },
      ...{ headers: pairsOf(message.headers), data: message.data, attempts: this.attempt },
      firstAt: message.time.toISOString(),
    };
  }
}
