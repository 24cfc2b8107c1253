import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  eventMessage,
  HEADER,
  hintAnsweredBy,
  parseHops,
  pipeline,
  subjectOf,
  underReplay,
  type EventMessage,
  type OutcomeMessage,
} from '@roomwire/events';
import { BusError, defer, done, reject, rejectSchema, retry, type Bus, type Delivery, type Verdict } from '@roomwire/jetstream';
import type { hopFigure } from '@roomwire/telemetry';
import { allEnded } from './all-ended.ts';
import type { Catalogue } from './catalogue.ts';
import type { Disagreements } from './disagreements.ts';
import type { Gate } from './gate.ts';
import type { Reads } from './reads.ts';
import { isRedisAway } from './redis-away.ts';
import { Rewound } from './record-store.ts';
import type { Known, Teller, Told } from './teller.ts';

/** Test knob: holds an event up before anything is done about it. */
export type HoldUp = (event: EventMessage) => Promise<void>;

const CONSUMERS = [...pipeline.options.map((name) => `registry-live-${name}`), 'registry-bulk'];

/** What is told of one record may be applied together. Nobody has checked the message yet. */
export function recordOf(delivery: Delivery): string {
  const { source, subject } = delivery.json() as Partial<EventMessage>;
  return `${source}/${subject}`;
}

/** Normalised event in, announced state out. Acked only when everything the record owes is PubAcked. */
@Controller()
export class EventConsumer {
  constructor(
    private readonly bus: Bus,
    private readonly gate: Gate,
    private readonly teller: Teller,
    private readonly catalogue: Catalogue,
    private readonly reads: Reads,
    private readonly disagreements: Disagreements,
    private readonly hop: ReturnType<typeof hopFigure>,
    private readonly holdUp: HoldUp,
  ) {}

  @EventPattern(CONSUMERS)
  async handle(@Payload() delivery: Delivery): Promise<Verdict> {
    const parsed = eventMessage.safeParse(delivery.json());
    if (!parsed.success) return rejectSchema(parsed.error);
    const event = parsed.data as EventMessage;
    const refusal = this.refusal(delivery, event);
    if (refusal) return refusal;
    await this.holdUp(event);
    try {
      return await this.apply(delivery, event);
    } catch (error) {
      return verdictOf(error);
    }
  }

  /** A message whose subject, body and catalogue disagree about whose it is belongs to nobody. */
  private refusal(delivery: Delivery, event: EventMessage): Verdict | undefined {
    if (event.tenant !== delivery.tenant) return reject('wrong-tenant', `body names tenant "${event.tenant}"`, '/tenant');
    const connection = this.catalogue.connection(event.data.connection);
    // The watch may be behind a connection that was just made: not knowing is no reason to refuse.
    if (!connection) return retry('connection-not-known-yet');
    if (connection.tenant !== event.tenant)
      return reject('wrong-tenant', "the connection is another tenant's", '/data/connection');
    return undefined;
  }

  private async apply(delivery: Delivery, event: EventMessage): Promise<Verdict> {
    const before = parseHops(delivery.header(HEADER.hops));
    const hint = hintAnsweredBy(delivery.header(HEADER.hint), event.data);
    // Beside the announcements, so that one way to the broker serves all.
    const known: Known = (told) => {
      const appliedAt = Date.now();
      this.hop('applied', event.lane, before['normalized'], appliedAt);
      const hops = { ...before, applied: appliedAt };
      return allEnded([
        this.outcome(event, told, hops, delivery.header(HEADER.replay)),
        ...told.newProperties.map((house) => this.reads.ofProperty(house, event)),
        this.reads.afterTelling(told, event, hint),
        this.disagreements.afterTelling(told, event),
      ]);
    };
    const told = await this.gate.within(event.tenant, () => this.teller.tell(event, known));
    delivery.note({
      outcome: told.outcome,
      kind: event.data.kind,
      entity: event.data.entity,
      connection: event.data.connection,
      revision: told.revision,
    });
    return done;
  }

  private async outcome(event: EventMessage, told: Told, hops: Record<string, number>, replay: string): Promise<void> {
    const message: OutcomeMessage = {
      tenant: event.tenant,
      receipt: event.receipt,
      connection: event.data.connection,
      stage: 'registry',
      verdict: told.outcome,
      kind: event.data.kind,
      entity: event.data.entity,
      revision: told.revision,
      hops,
    };
    const { id, body } = underReplay(`oc:${event.id}:${told.revision}:${told.outcome}`, message, replay);
    await this.bus.publish(subjectOf({ tenant: event.tenant, family: 'outcome', receipt: event.receipt }), body, { id });
  }
}

/** Redis or NATS away: the fact waits. It is nobody's fault, so no attempt is counted. */
function verdictOf(error: unknown): Verdict {
  if (error instanceof Rewound) return defer('redis-rewound', 1000);
  if (error instanceof BusError)
    return error.code === 'invalid' ? reject('unpublishable', error.message) : defer(`nats-${error.code}`, 1000);
  if (isRedisAway(error)) return defer('redis-unavailable', 1000);
  throw error;
}
