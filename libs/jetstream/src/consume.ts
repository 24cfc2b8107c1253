import { jetstream, JetStreamApiError, type Consumer, type JsMsg } from '@nats-io/jetstream';
import { TransientMap, TransientSet } from '@roomwire/collections';
import { parseSubject, type Subject } from '@roomwire/events';
import type { Delivery } from './delivery.ts';
import { KeyedPool } from './keyed-pool.ts';
import { Link } from './link.ts';
import { InHand } from './message.ts';
import type { Runner } from './run.ts';
import { ACK_WAIT_MS, streamOf, type ConsumerPlan } from './topology.ts';
import { reject } from './verdict.ts';

/**
 * The broker goes on feeding the pull of a replica that is frozen or behind a dead link, and each message fed to it is late by the ack
 * wait and by what is left of the pull. So while nothing comes a pull asks for one message, which ends it, and asks again after so long:
 * a consumer that stalled or was made anew is noticed within it (trap 13).
 */
const PULL_MS = 10_000;
/** While messages come, for as many as may be held, and for so long. */
const BUSY_PULL_MS = 1_000;
const HEARTBEAT_MS = ACK_WAIT_MS / 2;
/**
 * So long after a rest a consumer takes few at a time: what it cannot do now would all have to be stored for later, in one burst that who
 * is more urgent waits behind. What is left in the stream costs nothing.
 */
const CAREFUL_MS = 5_000;
const FEW = 4;
/** It takes the next few when one of these has come to an end, or when they all seem to take their time. */
const VERDICT_MS = 50;
const AGAIN_AFTER_MS = 500;
const FIND_MS_MAX = 5_000;
/** A durable that was never made (no connection of that provider) is looked for ever more seldom. */
const AGAIN_MAX_MS = 5_000;

export type KeyOf = (delivery: Delivery) => string;
/** What of a message may be worked on along with others of its key: those of which this is equal. */
export type SameOf = (delivery: Delivery) => string;

/** The loop of one durable of one tenant: pulls no more than it may hold, keeps what it holds alive, and stops cleanly. */
export class ConsumeLoop {
  private readonly held = new TransientMap<number, InHand>();
  private readonly sleepers = new TransientSet<() => void>();
  private readonly pool: KeyedPool;
  private readonly inHandMax: number;
  private stopping: Promise<void> | undefined;
  private stopPull: (() => void) | undefined;
  private pausedUntil = 0;
  private carefulUntil = 0;
  /** When the last message came. */
  private tookMs = 0;
  private readonly heartbeat: NodeJS.Timeout;
  private readonly running: Promise<void>;

  constructor(
    private readonly tenant: string,
    private readonly plan: ConsumerPlan,
    private readonly keyOf: KeyOf,
    private readonly sameOf: SameOf | undefined,
    private readonly runner: Runner,
  ) {
    this.pool = new KeyedPool(plan.concurrency, plan.together);
    this.inHandMax = plan.inHand ?? plan.concurrency * 2;
    this.heartbeat = setInterval(() => this.keepAlive(), HEARTBEAT_MS);
    this.running = this.run();
  }

  /** Stops pulling, gives back what has not begun, and waits for what has; not for ever: then it gives that back too. */
  stop(withinMs: number): Promise<void> {
    return (this.stopping ??= Promise.resolve().then(() => this.drain(Date.now() + withinMs)));
  }

  private async drain(untilMs: number): Promise<void> {
    this.stopPull?.();
    this.wakeAll();
    const waiting = [...this.held.values()].filter((inHand) => !inHand.begun);
    await Promise.all(waiting.map((inHand) => this.giveBack(inHand)));
    await this.running;
    while (this.held.size > 0 && Date.now() < untilMs) await this.sleep(untilMs - Date.now());
    await Promise.all([...this.held.values()].map((inHand) => this.giveBack(inHand)));
    clearInterval(this.heartbeat);
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopping; failures++) {
      try {
        const consumer = await this.find();
        for (failures = 0; !this.stopping;) await this.pull(consumer);
      } catch (error) {
        if (this.stopping || this.runner.nc.isClosed()) return;
        const notMade = error instanceof JetStreamApiError && (error.code === 10014 || error.code === 10059);
        if (failures === 0)
          this.runner.log[notMade ? 'debug' : 'warn'](
            { tenant: this.tenant, stage: this.plan.name, err: error },
            'consuming: will try again',
          );
        await this.sleep(Math.min(AGAIN_AFTER_MS * 2 ** Math.min(failures, 10), notMade ? AGAIN_MAX_MS : AGAIN_AFTER_MS));
      }
    }
  }

  /** Asked while the connection is down, the client alone would wait out its whole time limit, long after the server is back. */
  private find(): Promise<Consumer> {
    const { nc } = this.runner;
    const stream = streamOf(this.plan.stream, this.tenant);
    return Link.of(nc).ask(() => jetstream(nc).consumers.get(stream, this.plan.name), FIND_MS_MAX);
  }

  private async pull(consumer: Consumer): Promise<void> {
    const waitMs = this.pausedUntil - Date.now();
    if (waitMs > 0) return this.sleep(waitMs);
    // Asked for by the half, since asking costs as much as one.
    const free = this.inHandMax - this.held.size;
    if (free < this.inHandMax / 2) return this.sleep();
    const isCareful = Date.now() < this.carefulUntil;
    const isBusy = Date.now() - this.tookMs < PULL_MS;
    const most = !isBusy ? 1 : isCareful ? Math.min(FEW, free) : free;
    const expires = isBusy ? BUSY_PULL_MS : PULL_MS;
    const messages = await consumer.fetch({ max_messages: most, expires, idle_heartbeat: expires / 2 });
    this.stopPull = () => messages.stop();
    if (this.stopping) messages.stop();
    for await (const message of messages) this.take(message);
    if (isCareful && !this.stopping) await this.sleep(VERDICT_MS);
  }

  private take(message: JsMsg): void {
    this.tookMs = Date.now();
    // Ours still, redelivered all the same (heartbeats came late): whoever holds it brings it to its end.
    const ours = this.held.get(message.seq);
    if (ours && !ours.settled) return message.working();
    const inHand = new InHand(message, this.tenant, this.plan.name, Date.now());
    this.held.set(inHand.seq, inHand);
    if (this.stopping) return void this.giveBack(inHand);
    const subject = parseSubject(message.subject);
    void this.pool.run(this.keyFor(inHand, subject), () => this.work(inHand, subject), this.sameFor(inHand, subject));
  }

  private async work(inHand: InHand, subject: Subject | undefined): Promise<void> {
    if (inHand.settled) return;
    inHand.begun = true;
    try {
      const refused =
        !subject || subject.tenant !== this.tenant
          ? reject('wrong-subject', `not a subject of tenant ${this.tenant}`)
          : undefined;
      const { pauseMs } = await this.runner.run(inHand, this.plan, subject, refused);
      if (pauseMs) this.pausedUntil = Date.now() + pauseMs;
      if (inHand.restMs > 0) this.carefulUntil = this.pausedUntil + CAREFUL_MS;
    } finally {
      this.letGo(inHand);
    }
  }

  /** A key function looks into messages that nobody has checked yet. */
  private keyFor(inHand: InHand, subject: Subject | undefined): string {
    try {
      return subject ? this.keyOf(inHand.delivery(subject)) : inHand.message.subject;
    } catch {
      return inHand.message.subject;
    }
  }

  /** Of a message that nobody can read: itself. */
  private sameFor(inHand: InHand, subject: Subject | undefined): unknown {
    try {
      return (subject && this.sameOf?.(inHand.delivery(subject))) ?? inHand;
    } catch {
      return inHand;
    }
  }

  private async giveBack(inHand: InHand): Promise<void> {
    inHand.settled = true;
    await this.runner.giveBack(inHand);
    this.letGo(inHand);
  }

  private letGo(inHand: InHand): void {
    if (this.held.get(inHand.seq) === inHand) this.held.delete(inHand.seq);
    this.wakeAll();
  }

  private keepAlive(): void {
    if (this.runner.nc.isClosed()) return;
    const oldest = Date.now() - HEARTBEAT_MS / 2;
    for (const inHand of this.held.values()) if (!inHand.settled && inHand.receivedMs < oldest) inHand.message.working();
  }

  /** Until something is settled, the loop stops, or so much time has passed. */
  private sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => wake(), ms);
      const wake = (): void => {
        clearTimeout(timer);
        leave();
        resolve();
      };
      const leave = this.sleepers.add(wake);
    });
  }

  private wakeAll(): void {
    for (const wake of [...this.sleepers]) wake();
  }
}
