import { setTimeout as sleep } from 'node:timers/promises';
import { fetchSubject, HEADER, type FetchJob } from '@roomwire/events';
import { Bus, BusError, redrive, removeDeadLetter, replayTag, type DeadLetter, type NatsConnection } from '@roomwire/jetstream';
import type { Fated } from './core/fate.ts';
import { isOldRead } from './core/forecast.ts';
import { paceOf, turn } from './core/pace.ts';
import { settledOf, type ReplayJob } from './core/replay-job.ts';
import type { Forecaster } from './forecaster.ts';
import type { ReplayEars } from './replay-ears.ts';
import { lettersOf } from './replay-letters.ts';
import type { ReplayStore } from './replay-store.ts';

/** Letters that were sent and of which nobody has said what became: what an interruption may leave to be sent twice. */
const UNDER_WAY_MAX = 500;
/**
 * What comes live stands behind those that are being worked at, and where work is slow, this and not the rate holds the replay back: few,
 * or as many as go in a twentieth of a second. One that is not done within two seconds waits for something else, and nobody behind it.
 */
const AT_WORK_LEAST = 16;
const AT_WORK_S = 0.05;
const AT_WORK_MS = 2_000;
/** So long somebody may take to say what became of a letter; then the next one has its place, ms. */
const PATIENCE_MS = 30_000;
const STOP_MS = 2_000;
const SAVE_EVERY_MS = 1_000;
const AGAIN_AFTER_MS = 1_000;

export type ReplayParts = {
  nc: NatsConnection;
  store: ReplayStore;
  ears: ReplayEars;
  forecaster: Forecaster;
  /** What became of a letter. */
  told: (letter: DeadLetter, fated: Fated) => void;
  /** Every second, and at the end. */
  progress: (sent: number, underWay: number) => void;
  now: () => number;
};

/** One run of a job: sends letters at its rate, waits for what becomes of each, and takes out of DEAD what is dealt with. */
export class Replay {
  private readonly underWay = new Map<string, Promise<void>>();
  /** Of letters that have not come to an end, how far outcomes had been heard when they were sent. */
  private readonly marks = new Map<string, number>();
  private readonly bus: Bus;
  private readonly before: { settled: number; failed: number };
  /** Who waits to hear what became of a letter, and would rather not know. */
  private readonly waiting = new Set<() => void>();
  private readonly atWork = new Set<Promise<void>>();
  private stopped: NodeJS.Timeout | undefined;
  private stopping = false;
  private failure: unknown;
  private sent = 0;
  private savedMs = performance.now();

  constructor(private readonly parts: ReplayParts) {
    this.bus = new Bus(parts.nc);
    this.before = { settled: settledOf(this.job.counts), failed: this.job.counts['failed-again'] };
  }

  private get job(): ReplayJob {
    return this.parts.store.job;
  }

  /** Sends no more; what is under way is waited for, but not for long: whoever goes on with it hears the rest. */
  stop(): void {
    this.stopping = true;
    this.stopped ??= setTimeout(() => this.waiting.forEach((give) => give()), STOP_MS);
  }

  /** `stopped`: a letter failed again, and that was to be the end. */
  async run(): Promise<'done' | 'stopped' | 'interrupted'> {
    let pace = paceOf(this.job.perSecond, performance.now());
    for await (const letter of lettersOf(this.parts.nc, this.job)) {
      if (!this.job.canaryPassed && this.sent === this.job.canary && !(await this.passCanary())) return 'stopped';
      if (this.hasToEnd) break;
      const next = turn(pace, performance.now());
      pace = next.pace;
      if (next.waitMs > 0) await sleep(next.waitMs);
      this.begin(letter);
      if (this.atWork.size >= this.atWorkMax) await Promise.race(this.atWork);
      if (this.underWay.size >= UNDER_WAY_MAX) await Promise.race(this.underWay.values());
      await this.save();
    }
    await this.rest();
    clearTimeout(this.stopped);
    if (this.failure) throw this.failure as Error;
    return this.hasFailed ? 'stopped' : this.stopping ? 'interrupted' : 'done';
  }

  /** In this run: whoever goes on after a failure knows of it. */
  private get failed(): number {
    return this.job.counts['failed-again'] - this.before.failed;
  }

  private get hasFailed(): boolean {
    return this.job.stopOnFailure && this.failed > 0;
  }

  private get hasToEnd(): boolean {
    const isEnough = this.job.max !== undefined && this.before.settled + this.sent >= this.job.max;
    return this.stopping || this.failure !== undefined || this.hasFailed || isEnough;
  }

  /** The first letters go alone; only where each of them came to a good end do the others follow. */
  private async passCanary(): Promise<boolean> {
    await this.rest();
    if (this.failed + this.job.counts.kept > 0) return false;
    await this.parts.store.save({ canaryPassed: true });
    return true;
  }

  private async rest(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.race([Promise.all(this.underWay.values()), sleep(SAVE_EVERY_MS)]);
      await this.save();
    }
    this.parts.progress(this.sent, 0);
  }

  private async save(): Promise<void> {
    const now = performance.now();
    if (now - this.savedMs < SAVE_EVERY_MS) return;
    this.savedMs = now;
    this.parts.progress(this.sent, this.underWay.size);
    // Whoever goes on with it has to hear all that was told of a letter: what is sent again under the same name may not be told again.
    await this.parts.store.save({ heard: Math.min(this.parts.ears.heardTo, ...this.marks.values()) });
  }

  private begin(letter: DeadLetter): void {
    this.sent++;
    this.marks.set(letter.id, this.parts.ears.heardTo);
    const flight = this.fly(letter)
      .catch((error: unknown) => void (this.failure ??= error))
      .finally(() => this.underWay.delete(letter.id));
    this.underWay.set(letter.id, flight);
    const work = this.workOf(flight).finally(() => this.atWork.delete(work));
    this.atWork.add(work);
  }

  private get atWorkMax(): number {
    return Math.max(AT_WORK_LEAST, Math.ceil(this.job.perSecond * AT_WORK_S));
  }

  private async workOf(flight: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, AT_WORK_MS);
    await Promise.race([flight, promise]);
    clearTimeout(timer);
  }

  private async fly(letter: DeadLetter): Promise<void> {
    const { ears, forecaster, now, told } = this.parts;
    const tag = replayTag(this.job.id, letter);
    const known = ears.known(tag, letter);
    const fated =
      known ?? (isOldRead(letter, now()) ? await this.readAgain(letter, tag, forecaster) : await this.send(letter, tag));
    ears.forget(tag);
    if (fated.fate !== 'kept') {
      await this.patiently(() => removeDeadLetter(this.bus, letter));
      this.marks.delete(letter.id);
    }
    this.job.counts[fated.fate]++;
    told(letter, fated);
  }

  private async send(letter: DeadLetter, tag: string): Promise<Fated> {
    const { promise, resolve } = Promise.withResolvers<Fated>();
    this.parts.ears.await(tag, letter, resolve);
    const sent = await this.patiently(() => redrive(this.bus, letter, this.job.id));
    if (sent === 'never') return { fate: 'kept', detail: 'the broker has not taken it' };
    if (!sent) return { fate: 'superseded', detail: 'a younger read of it waits already' };
    const give = (): void => resolve({ fate: 'kept', detail: 'nobody has said yet what became of it' });
    const timer = setTimeout(give, PATIENCE_MS);
    this.waiting.add(give);
    return promise.finally(() => {
      clearTimeout(timer);
      this.waiting.delete(give);
    });
  }

  /** What was read more than a day ago is no news: what is true now is asked for. */
  private async readAgain(letter: DeadLetter, tag: string, forecaster: Forecaster): Promise<Fated> {
    const { fate, detail, rereads } = await forecaster.of(letter);
    for (const job of rereads ?? []) await this.patiently(() => this.ask(job, tag));
    return { fate, detail };
  }

  private async ask(job: FetchJob, tag: string): Promise<void> {
    const id = `rd:${tag}:${job.kind}:${job.entity}`;
    await this.bus.publish(fetchSubject(job), job, { id, headers: { [HEADER.receipt]: job.receipt } });
  }

  /** A broker that is full or away is waited for, as long as nobody stops it: a repeat has the same id. */
  private async patiently<T>(act: () => Promise<T>): Promise<T | 'never'> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        if (error.code === 'invalid' || this.stopping) return 'never';
      }
      await sleep(AGAIN_AFTER_MS);
    }
  }
}
