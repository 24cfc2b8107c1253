import { randomUUIDv7 } from 'node:crypto';
import { HEADER, headersOfRaw, withHop, type Connection } from '@roomwire/events';
import { BusError, type Bus, type Hearing } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, type Admission, type Pms, type WebhookRequest } from '@roomwire/pms-port';
import { activeTraceparent, traceId, traceparentOf } from '@roomwire/telemetry';
import type { BrokerState } from './broker-state.ts';
import { TooManyReads, type ConnectionBook } from './connection-book.ts';
import type { InFlight } from './in-flight.ts';
import type { SecretBook } from './secret-book.ts';

/** A provider waits for the answer; what is not stored by then is told to come again. */
const STORE_MS_MAX = 4_000;
/** A broker that is away may be back in a moment: a failover takes about half a second. */
const RECONNECT_MS_MAX = 1_000;

export type Webhook = WebhookRequest & { provider: string; connection: string };

/** What became of a webhook, and what the log is told of it. */
export type Taken = { facts: Facts } &
  /** `handedAt`: epoch ms, the stamp `stored`: when the broker was given it. */
  (
    | { kind: 'stored'; receipt: string; handedAt: number }
    | { kind: 'unknown' }
    | { kind: 'forged'; reason: string; basic: boolean }
    | { kind: 'malformed'; reason: string }
    | { kind: 'crowded' }
    | { kind: 'too-large' }
    /** Nothing is known to be wrong with it: it must come again. */
    | { kind: 'unavailable'; reason: string }
  );
type Facts = { provider: string; connection?: string; tenant?: string; receipt?: string; trace_id?: string; reason?: string };

/** One webhook: whose is it, is it genuine, is it stored. Nothing else is read of it here. */
export class Intake {
  constructor(
    private readonly broker: Pick<BrokerState, 'ready'>,
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly connections: ConnectionBook,
    private readonly secrets: SecretBook,
    private readonly inFlight: InFlight,
    private readonly hearing: Pick<Hearing, 'heard'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param receivedAt epoch ms, when its bytes had arrived. */
  async take(webhook: Webhook, receivedAt: number): Promise<Taken> {
    const adapter = adapterOf(webhook.provider);
    // Any text may stand in an address: only names that we know are fit for a log.
    if (!adapter) return { kind: 'unknown', facts: { provider: 'unknown' } };
    const facts: Facts = { provider: adapter.provider };
    try {
      if (!(await this.broker.ready(RECONNECT_MS_MAX))) throw new BusError('unavailable', 'not connected');
      const connection = await this.connections.find(webhook.provider, webhook.connection);
      if (!connection) return { kind: 'unknown', facts };
      Object.assign(facts, { connection: connection.id, tenant: connection.tenant });
      const leave = this.inFlight.enter(connection.tenant);
      if (!leave) return { kind: 'crowded', facts };
      try {
        return await this.takeFor(connection, pms(adapter), webhook, receivedAt, facts);
      } finally {
        leave();
      }
    } catch (error) {
      return refusal(error, facts);
    }
  }

  private async takeFor(
    connection: Connection,
    provider: Pms,
    webhook: Webhook,
    receivedAt: number,
    facts: Facts,
  ): Promise<Taken> {
    const admission = await this.admit(connection, provider, webhook, receivedAt);
    if (!admission) return { kind: 'unavailable', reason: 'vault', facts: { ...facts, reason: 'vault' } };
    if (admission.kind === 'malformed') return { ...admission, facts: { ...facts, reason: admission.reason } };
    if (admission.kind === 'forged')
      return {
        ...admission,
        basic: provider.adapter.capabilities.webhookAuth === 'basic',
        facts: { ...facts, reason: admission.reason },
      };
    // Where requests are traced, theirs is linked to ours and goes no further.
    const traceparent = activeTraceparent() ?? traceparentOf(webhook.headers['traceparent']);
    const receipt = randomUUIDv7();
    Object.assign(facts, { receipt, trace_id: traceId(traceparent) });
    const handedAt = await this.store(connection, admission.body, { receipt, receivedAt, traceparent });
    this.hearing.heard(connection.id);
    return { kind: 'stored', receipt, handedAt, facts };
  }

  /** undefined: nobody can tell whether it is genuine. */
  private async admit(
    connection: Connection,
    provider: Pms,
    webhook: Webhook,
    receivedAt: number,
  ): Promise<Admission | undefined> {
    const whose = { tenant: connection.tenant, connection: connection.id };
    const secrets = await this.secrets.secrets(whose);
    if (!secrets) return undefined;
    const admission = provider.admit(webhook, secrets, receivedAt);
    if (admission.kind !== 'forged') return admission;
    const newest = await this.secrets.secretsSince(whose, receivedAt);
    return newest && provider.admit(webhook, newest, receivedAt);
  }

  private async store(
    connection: Connection,
    body: Uint8Array,
    origin: { receipt: string; receivedAt: number; traceparent: string },
  ): Promise<number> {
    const { receipt, receivedAt, traceparent } = origin;
    const { tenant, provider, id } = connection;
    const handedAt = this.now();
    const headers = {
      ...headersOfRaw({ via: 'push', receipt, receivedAt: new Date(receivedAt).toISOString() }),
      [HEADER.hops]: withHop(withHop(undefined, 'received', receivedAt), 'stored', handedAt),
      [HEADER.traceparent]: traceparent,
    };
    const options = { id: `raw:${receipt}`, headers, timeoutMs: STORE_MS_MAX };
    await this.bus.publish({ tenant, family: 'raw', lane: 'live', provider, connection: id }, body, options);
    return handedAt;
  }
}

function refusal(error: unknown, facts: Facts): Taken {
  if (error instanceof TooManyReads) return { kind: 'unavailable', reason: 'busy', facts: { ...facts, reason: 'busy' } };
  if (!(error instanceof BusError)) throw error;
  const reason = `nats-${error.code}`;
  // The broker's limit of a message is lower than our own of a body.
  if (error.code === 'invalid' && /payload/i.test(error.message)) return { kind: 'too-large', facts: { ...facts, reason } };
  return { kind: 'unavailable', reason, facts: { ...facts, reason } };
}
