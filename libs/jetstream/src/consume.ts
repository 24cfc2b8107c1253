import { jetstream, type Consumer, type JsMsg } from '@nats-io/jetstream';
import { parseSubject } from '@roomwire/events';
import type { Delivery } from './delivery.ts';
import { KeyedPool } from './keyed-pool.ts';
import { InHand } from './message.ts';
import type { Runner } from './run.ts';
import { ACK_WAIT_MS, streamOf, type ConsumerPlan } from './topology.ts';
import { reject } from './verdict.ts';

/** A pull asks for so long and then asks again: a consumer that stalled or was made anew is noticed within it (trap 13). */
const PULL_MS = 10_000;
const HEARTBEAT_MS = ACK_WAIT_MS / 2;
const AGAIN_AFTER_MS = 500;

export type KeyOf = (delivery: Delivery) => string;

/** The loop of one durable of one tenant: pulls no more than it may hold, keeps what it holds alive, and stops cleanly. */
export class ConsumeLoop {
  private readonly held = new Set<InHand>();
  private readonly begun = new Set<InHand>();
  private readonly pool: KeyedPool;
  private stopping = false;
  private wake: (() => void) | undefined;
  private stopPull: (() => void) | undefined;
  private pausedUntil = 0;
  private readonly heartbeat: NodeJS.Timeout;
  private readonly running: Promise<void>;

  constructor(
    private readonly tenant: string,
    private readonly plan: ConsumerPlan,
    private readonly keyOf: KeyOf,
    private readonly runner: Runner,
  ) {
    this.pool = new KeyedPool(plan.concurrency);
    this.heartbeat = setInterval(() => this.keepAlive(), HEARTBEAT_MS);
    this.running = this.run();
  }

  /** Stops pulling, gives back what has not begun, and waits for what has. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopPull?.();
    this.wake?.();
    for (const inHand of this.held) if (!this.begun.has(inHand)) this.giveBack(inHand);
    await this.running;
    while (this.held.size > 0) await this.oneSettled();
    clearInterval(this.heartbeat);
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        const consumer = await jetstream(this.runner.nc).consumers.get(streamOf(this.plan.stream, this.tenant), this.plan.name);
        while (!this.stopping) await this.pull(consumer);
      } catch (error) {
        if (this.stopping) return;
        this.runner.log.warn({ tenant: this.tenant, stage: this.plan.name, err: error }, 'consuming: will try again');
        await this.pause(AGAIN_AFTER_MS);
      }
    }
  }

  private async pull(consumer: Consumer): Promise<void> {
    const waitMs = this.pausedUntil - Date.now();
    if (waitMs > 0) return this.pause(waitMs);
    // Twice what runs at once: the next ones are at hand when a turn is free.
    const free = this.plan.concurrency * 2 - this.held.size;
    if (free <= 0) return this.oneSettled();
    const messages = await consumer.fetch({ max_messages: free, expires: PULL_MS, idle_heartbeat: PULL_MS / 2 });
    this.stopPull = () => messages.stop();
    if (this.stopping) messages.stop();
    for await (const message of messages) this.take(message);
  }

  private take(message: JsMsg): void {
    const inHand = new InHand(message, this.tenant, this.plan.name, Date.now());
    if (this.stopping) return message.nak();
    this.held.add(inHand);
    const subject = parseSubject(message.subject);
    const key = subject ? this.keyOf(inHand.delivery(subject)) : message.subject;
    void this.pool.run(key, async () => {
      if (inHand.settled) return;
      this.begun.add(inHand);
      const refused = !subject || subject.tenant !== this.tenant ? reject('wrong-subject', `not a subject of tenant ${this.tenant}`) : undefined;
      const { pauseMs } = await this.runner.run(inHand, this.plan, subject, refused);
      if (pauseMs) this.pausedUntil = Date.now() + pauseMs;
      this.letGo(inHand);
    });
  }

  private giveBack(inHand: InHand): void {
    inHand.settled = true;
    inHand.message.nak();
    this.letGo(inHand);
  }

  private letGo(inHand: InHand): void {
    this.held.delete(inHand);
    this.begun.delete(inHand);
    this.wake?.();
  }

  private keepAlive(): void {
    const oldest = Date.now() - HEARTBEAT_MS / 2;
    for (const inHand of this.held) if (!inHand.settled && inHand.receivedMs < oldest) inHand.message.working();
  }

  private oneSettled(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
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
