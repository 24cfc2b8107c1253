import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { eventOf, facet, subjectOf, type EntityRecord } from '@roomwire/events';
import type { Running } from './target.ts';

const NIGHTS = 31;
/** Stored and not yet acknowledged. */
const UNDER_WAY = 64;
/** A handler is given up after 30 s (libs/jetstream): by then all of them are. */
export const HANGS_MS = 32_000;

export type Message = { subject: string; body: string; msgID: string };

/** Calendars of prices as the normalizer would tell of them: a month of nights each, into the live lane of one tenant's pricing. */
export class Rates {
  private version = 0;

  private constructor(
    private readonly nc: NatsConnection,
    private readonly tenant: string,
  ) {}

  static async connect({ nats: { server, user, pass }, doors }: Running): Promise<Rates> {
    return new Rates(await connect({ servers: server, user, pass, inboxPrefix: `_INBOX.${user}` }), doors[0]!.tenant);
  }

  /** So many nights, each at a price that nobody told before: made beforehand, since making them is not Roomwire's work. */
  prepare(nights: number): Message[] {
    const version = ++this.version;
    return Array.from({ length: Math.ceil(nights / NIGHTS) }, (_, index) => {
      const told = month(`${this.tenant}-hostaway`, index, version);
      const event = eventOf(told, {
        ...{ tenant: this.tenant, provider: 'hostaway', lane: 'live', receipt: `rates-${version}-${index}` },
        receivedAt: new Date().toISOString(),
      });
      // As the normalizer steers a calendar: each goes side by side with every other.
      const property = told.entity;
      const subject = subjectOf({ tenant: this.tenant, family: 'event', lane: 'live', pipeline: 'pricing', property });
      return { subject, body: JSON.stringify(event), msgID: `ev:${event.id}` };
    });
  }

  /** Resolves when all are stored. */
  async pour(messages: readonly Message[]): Promise<void> {
    const js = jetstream(this.nc);
    const left = messages.values();
    const worker = async (): Promise<void> => {
      for (const { subject, body, msgID } of left) await js.publish(subject, body, { msgID });
    };
    await Promise.all(Array.from({ length: UNDER_WAY }, worker));
  }

  /** Events of the pipeline that are not settled yet. */
  async left(): Promise<number> {
    const { num_pending, num_ack_pending } = await (await jetstreamManager(this.nc)).consumers.info(...this.durable);
    return num_pending + num_ack_pending;
  }

  /** Of those, what some process has in hand. */
  async inHand(): Promise<number> {
    return (await (await jetstreamManager(this.nc)).consumers.info(...this.durable)).num_ack_pending;
  }

  async discard(): Promise<void> {
    const filter = `pms.${this.tenant}.event.live.pricing.>`;
    await (await jetstreamManager(this.nc)).streams.purge(`WORK_${this.tenant}`, { filter });
  }

  close(): Promise<void> {
    return this.nc.close();
  }

  private get durable(): [string, string] {
    return [`WORK_${this.tenant}`, 'registry-live-pricing'];
  }
}

function month(connection: string, index: number, version: number): EntityRecord {
  const observed = Date.now() * 1000;
  const stamp = { epoch: 0, modifiedAt: observed, rank: 1 as const, observedAt: observed, mapping: 1 };
  const first = `2027-${String(1 + (index % 12)).padStart(2, '0')}`;
  const nights = Array.from({ length: NIGHTS }, (_, night) => {
    const date = new Date(Date.parse(`${first}-01T00:00:00Z`) + night * 86_400_000).toISOString().slice(0, 10);
    const price = { amountMinor: 10_000 + version * 100 + night, currency: 'EUR' };
    return [date, facet({ price, minimumStay: 2 }, stamp)] as const;
  });
  return { kind: 'rate', connection, entity: `${900_000 + Math.floor(index / 12)}:${first}`, facets: Object.fromEntries(nights) };
}
