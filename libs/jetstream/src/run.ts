import type { NatsConnection } from '@nats-io/nats-core';
import { HEADER, type Subject } from '@roomwire/events';
import { traceId, type Log } from '@roomwire/telemetry';
import type { Alone } from './alone.ts';
import { DEFAULT_RETRY } from './backoff.ts';
import { type Bus } from './bus.ts';
import { publishDeadLetter } from './dead-letter.ts';
import { isFull, storeForLater } from './later.ts';
import type { Ledger } from './ledger.ts';
import type { InHand } from './message.ts';
import type { Handler } from './middleware.ts';
import { settle, type Settlement } from './settle.ts';
import type { ConsumerPlan } from './topology.ts';
import type { Verdict } from './verdict.ts';

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
};
export type Ran = { /** The consumer should rest: what it needs is not there. */ pauseMs?: number };

/** Takes one message from hand to settlement: suspicion, handler, verdict, settlement, and the one wide line. */
export class Runner {
  constructor(private readonly parts: RunnerParts) {}

  get nc(): NatsConnection {
    return this.parts.nc;
  }

  get log(): Log {
    return this.parts.log;
  }

  async run(inHand: InHand, plan: ConsumerPlan, subject: Subject | undefined, refused: Verdict | undefined): Promise<Ran> {
    const started = performance.now();
    try {
      const verdict = await this.verdict(inHand, subject, refused);
      const settlement = settle(verdict, inHand.attempt, { ...DEFAULT_RETRY, attemptsMax: plan.attemptsMax }, Math.random());
      await this.perform(inHand, settlement, verdict);
      this.wideLine(inHand, verdict, settlement, performance.now() - started);
      return {};
    } catch (error) {
      // Whatever it was, the message has not ended: it comes back.
      inHand.message.nak(TRY_AGAIN_MS);
      this.log.warn({ tenant: inHand.tenant, stage: inHand.stage, seq: inHand.seq, err: error }, 'could not settle: the message comes back');
      return { pauseMs: isFull(error) ? FULL_PAUSE_MS : TRY_AGAIN_MS };
    } finally {
      inHand.settled = true;
    }
  }

  private async verdict(inHand: InHand, subject: Subject | undefined, refused: Verdict | undefined): Promise<Verdict> {
    inHand.attempt = inHand.attemptsBefore + 1;
    const deliveries = inHand.message.info.deliveryCount;
    const suspect = deliveries > 1 && (await this.isSuspect(inHand, deliveries));
    if (refused || !subject) return refused ?? { kind: 'reject', reason: 'wrong-subject' };
    const handler = this.parts.handlers.get(inHand.stage)!;
    const work = (): Promise<Verdict> => handler(inHand.delivery(subject));
    if (!suspect) return this.parts.alone.withOthers(work);
    return this.parts.alone.alone(async () => {
      const starts = await this.parts.ledger.started(inHand.tenant, inHand.stream, inHand.seq);
      inHand.notes['starts'] = starts;
      if (starts > STARTS_MAX) return { kind: 'reject', reason: 'poison', detail: `started ${STARTS_MAX} times alone and never came to a verdict` };
      return work();
    });
  }

  /** Delivered before, and not every time with a verdict: it may have killed who held it, or stood beside one that did. */
  private async isSuspect(inHand: InHand, deliveries: number): Promise<boolean> {
    const { verdicts } = await this.parts.ledger.remembered(inHand.tenant, inHand.stream, inHand.seq);
    inHand.attempt = inHand.attemptsBefore + verdicts + 1;
    return verdicts < deliveries - 1;
  }

  private async perform(inHand: InHand, settlement: Settlement, verdict: Verdict): Promise<void> {
    const { message, tenant, stream, seq, stage } = inHand;
    const { bus, ledger } = this.parts;
    switch (settlement.kind) {
      case 'ack':
        message.ack();
        break;
      case 'nak':
        // First the ledger: a nak that it does not know of would make the message a suspect.
        await ledger.gaveVerdict(tenant, stream, seq);
        message.nak(settlement.delayMs);
        return;
      case 'later': {
        const attempts = inHand.attempt - (verdict.kind === 'defer' ? 1 : 0);
        const { subject, headers, data } = inHand.origin();
        await storeForLater(bus, ledger, { tenant, stage, stream, seq, subject, headers, data, attempts }, Date.now() + settlement.delayMs);
        await message.ackAck();
        break;
      }
      case 'dead':
        await publishDeadLetter(bus, inHand.origin(), settlement, Date.now());
        message.term(settlement.reason);
    }
    if (message.info.deliveryCount > 1) await ledger.forget(tenant, stream, seq).catch(() => undefined);
  }

  private wideLine(inHand: InHand, verdict: Verdict, settlement: Settlement, durationMs: number): void {
    const { kind, ...why } = verdict;
    this.parts.onSettled?.(inHand.stage, kind, durationMs);
    this.log.info(
      {
        ...{ stage: inHand.stage, tenant: inHand.tenant, subject: inHand.message.subject, stream: inHand.stream, seq: inHand.seq },
        ...{ receipt: inHand.header(HEADER.receipt), attempt: inHand.attempt, verdict: kind, ...why, settlement: settlement.kind },
        ...('delayMs' in settlement ? { delay_ms: settlement.delayMs } : {}),
        ...{ duration_ms: Math.round(durationMs * 10) / 10, trace_id: traceId(inHand.header(HEADER.traceparent)) },
        ...inHand.notes,
      },
      'message',
    );
  }
}
