import type { NatsConnection } from '@nats-io/nats-core';
import { HEADER, type Subject } from '@roomwire/events';
import { inSpan, isTracing, traceId, type Log, type OpenSpan } from '@roomwire/telemetry';
import type { Alone } from './alone.ts';
import { DEFAULT_RETRY, NAK_DELAY_MAX_MS } from './backoff.ts';
import { type Bus } from './bus.ts';
import { publishDeadLetter } from './dead-letter.ts';
import { isFull, storeForLater } from './later.ts';
import type { Ledger } from './ledger.ts';
import type { InHand } from './message.ts';
import { consumeSpan, tellVerdict } from './message-span.ts';
import type { Handler } from './middleware.ts';
import { settle, type Settlement } from './settle.ts';
import type { ConsumerPlan } from './topology.ts';
import { reject, type Verdict } from './verdict.ts';
import { WaitingNaks } from './waiting-naks.ts';

/** A suspect that was started this often without a verdict does not run again. */
const STARTS_MAX = 3;
/** The broker or Redis could not take what settles a message: it comes back, and its consumer rests. */
const TRY_AGAIN_MS = 1_000;
/** DEAD is full until somebody deals with it. */
const FULL_PAUSE_MS = 5_000;

export type RunnerParts = {
  nc: NatsConnection;
  bus: Bus;
  ledger: Ledger;
  alone: Alone;
  log: Log;
  /** By consumer name. */
  handlers: ReadonlyMap<string, Handler>;
  onSettled?(stage: string, verdict: string, durationMs: number): void;
  onRedelivery?(stage: string): void;
  onDead?(stage: string, reason: string): void;
  /** A stored copy waits until then. */
  onWait?(tenant: string, stage: string, dueMs: number): void;
};
export type Ran = { /** The consumer should rest: what it needs is not there. */ pauseMs?: number };

/** Takes one message from hand to settlement: suspicion, handler, verdict, settlement, and the one wide line. */
export class Runner {
  private readonly naks = new WaitingNaks();

  constructor(private readonly parts: RunnerParts) {}

  get nc(): NatsConnection {
    return this.parts.nc;
  }

  get log(): Log {
    return this.parts.log;
  }

  async run(inHand: InHand, plan: ConsumerPlan, subject: Subject | undefined, refused: Verdict | undefined): Promise<Ran> {
    const { alone, handlers } = this.parts;
    const refusal = refused ?? (subject ? undefined : reject('wrong-subject'));
    const handle = async (): Promise<Verdict> => refusal ?? handlers.get(inHand.stage)!(inHand.delivery(subject!));
    try {
      if (await this.isSuspect(inHand))
        await alone.alone(inHand.stage, () => this.toTheEnd(inHand, plan, () => this.asSuspect(inHand, handle)));
      else await alone.withOthers(() => this.toTheEnd(inHand, plan, handle));
      return inHand.restMs > 0 ? { pauseMs: inHand.restMs } : {};
    } catch (error) {
      return await this.comesBack(inHand, error);
    } finally {
      inHand.settled = true;
    }
  }

  /** It has not begun: whoever gets it next need not suspect it. */
  async giveBack(inHand: InHand): Promise<void> {
    await this.parts.ledger.gaveBack(inHand.tenant, inHand.stream, inHand.seq).catch(() => undefined);
    if (!this.nc.isClosed()) inHand.message.nak();
  }

  /** Delivered before, and not every time with a known end: it may have killed who held it, or stood beside one that did. */
  private async isSuspect(inHand: InHand): Promise<boolean> {
    const deliveries = inHand.message.info.deliveryCount;
    inHand.attempt = inHand.attemptsBefore + 1;
    if (deliveries <= 1) return false;
    this.parts.onRedelivery?.(inHand.stage);
    const { verdicts, ended } = await this.parts.ledger.remembered(inHand.tenant, inHand.stream, inHand.seq);
    inHand.attempt += verdicts;
    return ended < deliveries - 1;
  }

  private async asSuspect(inHand: InHand, handle: () => Promise<Verdict>): Promise<Verdict> {
    const starts = await this.parts.ledger.started(inHand.tenant, inHand.stream, inHand.seq);
    inHand.notes['starts'] = starts;
    inHand.suspect = true;
    if (starts > STARTS_MAX) return reject('poison', `started ${STARTS_MAX} times alone and never came to a verdict`);
    return handle();
  }

  private async toTheEnd(inHand: InHand, plan: ConsumerPlan, handle: () => Promise<Verdict>): Promise<void> {
    if (!isTracing()) return this.handleAndSettle(inHand, plan, handle);
    await inSpan(consumeSpan(inHand), (span) => this.handleAndSettle(inHand, plan, handle, span));
  }

  private async handleAndSettle(
    inHand: InHand,
    plan: ConsumerPlan,
    handle: () => Promise<Verdict>,
    span?: OpenSpan,
  ): Promise<void> {
    const started = performance.now();
    const verdict = await handle();
    inHand.hasVerdict = true;
    if (verdict.kind === 'defer') inHand.restMs = verdict.restMs ?? 0;
    const crowded = this.naks.areMany(inHand.tenant, inHand.stage, Date.now());
    const policy = { ...DEFAULT_RETRY, attemptsMax: plan.attemptsMax, nakDelayMaxMs: crowded ? 0 : NAK_DELAY_MAX_MS };
    const settlement = settle(verdict, inHand.attempt, policy, Math.random());
    if (span) tellVerdict(span, inHand, verdict, settlement);
    await this.perform(inHand, settlement, verdict);
    this.wideLine(inHand, verdict, settlement, performance.now() - started);
  }

  private async perform(inHand: InHand, settlement: Settlement, verdict: Verdict): Promise<void> {
    const { message, tenant, stream, seq, stage } = inHand;
    const { bus, ledger } = this.parts;
    const deliveries = message.info.deliveryCount;
    switch (settlement.kind) {
      case 'ack':
        // The next suspect may end this process: the broker must have heard of this one before.
        if (inHand.suspect) await message.ackAck();
        else message.ack();
        break;
      case 'nak':
        // First the ledger: a nak that it does not know of would make the message a suspect.
        await ledger.gaveVerdict(tenant, stream, seq, deliveries, true);
        message.nak(settlement.delayMs);
        this.naks.add(tenant, stage, Date.now() + settlement.delayMs);
        return;
      case 'later': {
        const attempts = inHand.attempt - (verdict.kind === 'defer' ? 1 : 0);
        const { subject, headers, data } = inHand.origin();
        const dueMs = Date.now() + settlement.delayMs;
        const parked = settlement.parkedFor === undefined ? undefined : { for: settlement.parkedFor, sinceMs: Date.now() };
        await storeForLater(bus, ledger, { tenant, stage, stream, seq, subject, headers, data, attempts }, { dueMs, parked });
        this.parts.onWait?.(tenant, stage, dueMs);
        await message.ackAck();
        break;
      }
      case 'dead':
        await publishDeadLetter(bus, inHand.origin(), settlement, Date.now());
        this.parts.onDead?.(stage, settlement.reason);
        message.term(oneToken(settlement.reason));
        if (inHand.suspect) await this.nc.flush();
    }
    if (deliveries > 1) await ledger.forget(tenant, stream, seq).catch(() => undefined);
  }

  /** Whatever it was, the message has not ended. Where the handler had come to a verdict, it is no suspect for that. */
  private async comesBack(inHand: InHand, error: unknown): Promise<Ran> {
    const { message, tenant, stream, seq, stage } = inHand;
    if (inHand.hasVerdict)
      await this.parts.ledger.gaveVerdict(tenant, stream, seq, message.info.deliveryCount, false).catch(() => undefined);
    if (!this.nc.isClosed()) message.nak(TRY_AGAIN_MS);
    this.log.warn({ tenant, stage, seq, err: error }, 'could not settle: the message comes back');
    return { pauseMs: isFull(error) ? FULL_PAUSE_MS : TRY_AGAIN_MS };
  }

  private wideLine(inHand: InHand, verdict: Verdict, settlement: Settlement, durationMs: number): void {
    const { kind, ...why } = verdict;
    this.parts.onSettled?.(inHand.stage, kind, durationMs);
    this.log.info(
      {
        ...{
          stage: inHand.stage,
          tenant: inHand.tenant,
          subject: inHand.message.subject,
          stream: inHand.stream,
          seq: inHand.seq,
        },
        ...{
          receipt: inHand.header(HEADER.receipt),
          attempt: inHand.attempt,
          verdict: kind,
          ...why,
          settlement: settlement.kind,
        },
        ...('delayMs' in settlement ? { delay_ms: settlement.delayMs } : {}),
        ...{ duration_ms: Math.round(durationMs * 10) / 10, trace_id: traceId(inHand.header(HEADER.traceparent)) },
        ...inHand.notes,
      },
      'message',
    );
  }
}

/** The broker's `+TERM <reason>` is one line. */
const oneToken = (reason: string): string => reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
