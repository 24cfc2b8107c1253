import { answeredHintsHeader, HEADER, hintAnsweredBy, type EventMessage, type FetchJob } from '@roomwire/events';
import { BusError, publishDeadLetter, type Bus, type Delivery } from '@roomwire/jetstream';
import type { Reject } from '@roomwire/pms-port';
import { duplicateOutcome, type Origin, type Plan, type Publish } from './core/normalize.ts';
import type { Figures } from './figures.ts';

const COPIED = [HEADER.receipt, HEADER.receivedAt, HEADER.traceparent, HEADER.replay] as const;

/** Performs a plan: everything at once, since order does not matter to a merge. Ids make a repeat harmless. */
export class Publisher {
  constructor(
    private readonly bus: Bus,
    private readonly figures: Pick<Figures, 'buried'>,
  ) {}

  /** @throws {BusError} when something was not stored: the raw message comes again, and all of it is told again. */
  async perform(plan: Plan, origin: Origin, delivery: Delivery, hops: string): Promise<void> {
    const headers = { ...copiedFrom(delivery), [HEADER.hops]: hops };
    await allOf([
      ...plan.events.map(async (event) => {
        const { duplicate } = await this.publish(event, { ...headers, ...hintFor(event.body, delivery) });
        if (duplicate) await this.publish(duplicateOutcome(event, origin), headers);
      }),
      ...plan.jobs.map((job) => this.ask(job, headers)),
      ...plan.dead.map((reject) => this.bury(reject, origin, delivery)),
      ...plan.outcomes.map((outcome) => this.publish(outcome, headers)),
    ]);
  }

  private publish({ subject, id, body }: Publish<unknown>, headers: Record<string, string>): Promise<{ duplicate: boolean }> {
    return this.bus.publish(subject, body, { id, headers });
  }

  private async ask(job: Publish<FetchJob>, headers: Record<string, string>): Promise<void> {
    try {
      await this.publish(job, headers);
    } catch (error) {
      if (!isCoalesced(error)) throw error;
    }
  }

  private async bury({ reason, detail, pointer }: Reject, { provider }: Origin, delivery: Delivery): Promise<void> {
    await publishDeadLetter(this.bus, delivery, { provider, reason, detail, pointer });
    this.figures.buried(delivery.origin().stage, reason);
  }
}

/** The same read is asked for already and has not begun: it will see what this hint means. */
function isCoalesced(error: unknown): boolean {
  return error instanceof BusError && error.code === 'full' && /per subject/i.test(error.message);
}

/** Of the hints that a read answers, the one that this event does: a read of hundreds would weigh each of its events down with all. */
function hintFor({ data }: EventMessage, delivery: Delivery): Record<string, string> {
  const hint = hintAnsweredBy(delivery.header(HEADER.hint), data);
  return hint ? { [HEADER.hint]: answeredHintsHeader([hint]) } : {};
}

function copiedFrom(delivery: Delivery): Record<string, string> {
  return Object.fromEntries(COPIED.flatMap((name) => (delivery.header(name) ? [[name, delivery.header(name)]] : [])));
}

/** Waits for all of them even when one fails: nothing of this message may still be under way when its verdict is told. */
async function allOf(promises: Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
