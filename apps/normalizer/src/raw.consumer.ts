import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { connectionId, HEADER, parseHops, parseRawContext, withHop, type Connection, type RawContext } from '@roomwire/events';
import { BusError, defer, done, reject, type Delivery, type KvTable, type Verdict } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { jsonPointer, pms } from '@roomwire/pms-port';
import { normalize, type Origin, type Plan } from './core/normalize.ts';
import type { Figures } from './figures.ts';
import type { Publisher } from './publisher.ts';

export type RawParts = {
  connections: Pick<KvTable<Connection>, 'get' | 'fromLeader'>;
  publisher: Pick<Publisher, 'perform'>;
  figures: Figures;
  /** Test knob; resolves at once in production. */
  delay: () => Promise<void>;
};

/** Raw bytes in, normalised events and fetch jobs out. Reads nothing from any provider: what needs a read becomes a job. */
@Controller()
export class RawConsumer {
  constructor(private readonly parts: RawParts) {}

  @EventPattern(['normalizer-live', 'normalizer-bulk'])
  async handle(@Payload() delivery: Delivery): Promise<Verdict> {
    const context = parseRawContext((name) => delivery.header(name));
    if (!context.success) {
      const issue = context.error.issues[0]!;
      return reject('bad-headers', `${jsonPointer(issue.path)} ${issue.message}`);
    }
    try {
      await this.parts.delay();
      const connection = await this.connectionOf(delivery);
      return 'kind' in connection ? connection : await this.take(delivery, connection.found, context.data);
    } catch (error) {
      if (error instanceof BusError)
        return error.code === 'invalid' ? reject('unpublishable', error.message) : defer(`nats-${error.code}`, 1000);
      throw error;
    }
  }

  /** A message whose subject and catalogue disagree about whose it is belongs to nobody. */
  private async connectionOf(delivery: Delivery): Promise<{ found: Connection } | Verdict> {
    const { subject } = delivery;
    if (subject.family !== 'raw') return reject('wrong-subject', `expected raw, got ${subject.family}`);
    const { connections } = this.parts;
    // Absent only when the leader says so: the watch may be behind a connection that was just made.
    const id = connectionId.safeParse(subject.connection);
    const found = id.success ? (connections.get(id.data) ?? (await connections.fromLeader(id.data))) : undefined;
    if (!found) return reject('unknown-connection', 'the catalogue has no such connection');
    delivery.note({ connection: found.id, provider: found.provider });
    if (found.tenant !== delivery.tenant) return reject('wrong-tenant', 'the connection is another tenant’s');
    if (found.provider !== subject.provider) return reject('wrong-provider', 'the connection is another provider’s');
    return { found };
  }

  private async take(delivery: Delivery, connection: Connection, context: RawContext): Promise<Verdict> {
    const { id, tenant, provider, account, unsaid, epoch = 0 } = connection;
    const adapter = adapterOf(provider);
    if (!adapter) return reject('no-adapter', 'nothing here decodes this provider');
    const started = performance.now();
    const decoded = pms(adapter).decode({ tenant, connection: id, account, unsaid, body: delivery.data, context });
    const hops = withHop(delivery.header(HEADER.hops), 'normalized', Date.now());
    const traceparent = delivery.header(HEADER.traceparent);
    const lane = delivery.subject.family === 'raw' ? delivery.subject.lane : 'live';
    const origin: Origin = {
      tenant,
      provider,
      connection: id,
      lane,
      context,
      hops: parseHops(hops),
      epoch,
      replay: delivery.header(HEADER.replay),
      ...(traceparent ? { traceparent } : {}),
    };
    const plan = normalize(decoded, origin);
    await this.parts.publisher.perform(plan, origin, delivery, hops);
    this.parts.figures.normalized(origin, plan, performance.now() - started);
    delivery.note({ ...countsOf(plan), ignored: decoded.ignored.length });
    return plan.reject ? reject(plan.reject.reason, plan.reject.detail, plan.reject.pointer) : done;
  }
}

function countsOf({ events, jobs, dead }: Plan): Record<string, number> {
  return { events: events.length, jobs: jobs.length, dead: dead.length };
}
