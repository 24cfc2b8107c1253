import type { NatsConnection } from '@nats-io/nats-core';
import {
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  type ConsumerMessages,
  type JsMsg,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream';
import type { StoredMessage } from './bus.ts';
import { Link } from './link.ts';
import { FollowedMessage } from './stored-message.ts';

export type Following = {
  /** Every message: first the last of each subject, then what comes. In stream order, each once. */
  onMessage(message: StoredMessage): void | Promise<void>;
  /** The snapshot has been told. Once, with the highest sequence that was, and when the stream was made. */
  onCaughtUp?(lastSeq: number, streamCreated: string): void | Promise<void>;
  /** It broke and is being made anew. Nothing is repeated, unless the stream itself was made anew: then all is told again from its start. */
  onReset?(reason: string, streamIsNew: boolean): void;
};
export type Follower = { stop(): Promise<void> };

const BATCH = 512;
const HEARTBEAT_MS = 5_000;
const AGAIN_AFTER_MS = 500;
const ASK_MS_MAX = 5_000;

/**
 * Snapshot and tail of a stream's filter on one ordered consumer. An ordered consumer makes itself anew where it stalls; whatever ends
 * it all the same (stream made anew, server away for long) starts it again here, and what was told already is passed over. `after`: no
 * snapshot is wanted, but every message that comes after this sequence; 0 = every one there is.
 */
export function follow(nc: NatsConnection, stream: string, filter: string, following: Following, after?: number): Follower {
  return new Follow(nc, stream, filter, following, after);
}

class Follow implements Follower {
  private lastSeq = 0;
  private caughtUp = false;
  private created: string | undefined;
  private stopped = false;
  private messages: ConsumerMessages | undefined;
  private wake: (() => void) | undefined;
  private readonly done: Promise<void>;

  constructor(
    private readonly nc: NatsConnection,
    private readonly stream: string,
    private readonly filter: string,
    private readonly following: Following,
    private after: number | undefined,
  ) {
    this.done = this.run();
  }

  /** May be called from inside a callback: it does not wait for the callback's own end. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    this.messages?.stop();
    await Promise.race([this.done, Promise.resolve()]);
  }

  private async run(): Promise<void> {
    while (!this.stopped && !this.nc.isClosed()) {
      try {
        await this.once();
        if (!this.stopped) this.following.onReset?.('the consumer ended', false);
      } catch (error) {
        if (!this.stopped) this.following.onReset?.(error instanceof Error ? error.message : String(error), false);
      }
      if (!this.stopped) await this.pause(AGAIN_AFTER_MS);
    }
  }

  private async once(): Promise<void> {
    await this.lookAtStream();
    const from: Partial<OrderedConsumerOptions> =
      this.caughtUp || this.after !== undefined
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(this.lastSeq, this.after ?? 0) + 1 }
        : // After the snapshot every message counts, not only the last of each subject.
          { deliver_policy: DeliverPolicy.LastPerSubject };
    const consumer = await this.ask(() =>
      jetstream(this.nc).consumers.get(this.stream, { filter_subjects: this.filter, ...from }),
    );
    const { num_pending: pending } = await this.ask(() => consumer.info());
    if (pending === 0) await this.caught();
    // Where its stream was deleted the consumer would make itself anew on the next one, behind the end: it must end, so that we look.
    this.messages = await consumer.consume({
      max_messages: BATCH,
      idle_heartbeat: HEARTBEAT_MS,
      abort_on_missing_resource: true,
    });
    if (this.stopped) this.messages.stop();
    try {
      for await (const message of this.messages) {
        if (this.stopped) break;
        await this.tell(message);
        if (!this.caughtUp && message.info.pending === 0) await this.caught();
      }
    } finally {
      this.messages.stop();
    }
  }

  private async lookAtStream(): Promise<void> {
    const manager = await jetstreamManager(this.nc, { checkAPI: false });
    const { created, state } = await this.ask(() => manager.streams.info(this.stream));
    if (this.created !== undefined && this.created !== created) this.fromTheStart('the stream was made anew');
    // Restored from a backup, or its last writes were lost with the machine: the same numbers will be given out again.
    else if (state.last_seq < this.lastSeq) this.fromTheStart('the stream was set back');
    this.created = created;
  }

  private ask<T>(question: () => Promise<T>): Promise<T> {
    return Link.of(this.nc).ask(question, ASK_MS_MAX);
  }

  private fromTheStart(reason: string): void {
    this.lastSeq = 0;
    if (this.after !== undefined) this.after = 0;
    this.caughtUp = false;
    this.following.onReset?.(reason, true);
  }

  private async tell(message: JsMsg): Promise<void> {
    if (message.seq <= this.lastSeq) return;
    await this.following.onMessage(new FollowedMessage(message));
    // Only now: what a reader could not take is told again.
    this.lastSeq = message.seq;
  }

  private async caught(): Promise<void> {
    if (this.caughtUp) return;
    this.caughtUp = true;
    await this.following.onCaughtUp?.(this.lastSeq, this.created ?? '');
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
