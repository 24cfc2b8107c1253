import type { Tenant } from '@roomwire/events';
import { tenant as tenantSchema } from '@roomwire/events';
import { createLog } from '@roomwire/telemetry';
import { natsServer, type NatsServer } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { Bus } from '../bus.ts';
import { connectNats, type NatsConnection } from '../connect.ts';
import { listDeadLetters, type DeadLetter } from '../dead-letter.ts';
import type { Delivery } from '../delivery.ts';
import { ensureConnection, ensureFleet, ensureTenant } from '../ensure.ts';
import { KvTable } from '../kv-table.ts';
import { memoryLedger } from '../memory-ledger.ts';
import { JetStreamStrategy, type JetStreamStrategyOptions } from '../strategy.ts';
import { DEFAULT_SETTINGS, streamOf, type StreamFamily, type TopologySettings } from '../topology.ts';
import type { Verdict } from '../verdict.ts';

export type Handle = (delivery: Delivery) => Verdict | Promise<Verdict>;
export const tenantOf = (id: string, status: Tenant['status'] = 'active'): Tenant => ({
  ...{ id, name: id, status, apiTokenHashes: [] },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
});

/** A server, and strategies on it as a service would run them. Each spec takes a tenant of its own. */
export class StrategyBench implements AsyncDisposable {
  private readonly running = new Set<JetStreamStrategy>();
  private count = 0;

  private constructor(
    readonly nats: NatsServer,
    readonly nc: NatsConnection,
    readonly tenants: KvTable<Tenant>,
    readonly bus: Bus,
  ) {}

  static async start(): Promise<StrategyBench> {
    const nats = await natsServer();
    const nc = await connectNats({ servers: nats.url, service: 'spec' });
    await ensureFleet(nc);
    return new StrategyBench(nats, nc, await KvTable.open(nc, 'tenants', tenantSchema), new Bus(nc));
  }

  /** An active tenant, with its streams and the fetch durables of `hostaway`. */
  async tenant(settings: Partial<TopologySettings> = {}): Promise<string> {
    const id = `t${++this.count}`;
    await ensureTenant(this.nc, id, { ...DEFAULT_SETTINGS, ...settings });
    await ensureConnection(this.nc, id, 'hostaway');
    await this.tenants.put(id, tenantOf(id));
    return id;
  }

  serve(handlers: Record<string, Handle>, options: Partial<JetStreamStrategyOptions> = {}): JetStreamStrategy {
    const log = createLog('spec', 'silent');
    const strategy = new JetStreamStrategy({
      nc: this.nc,
      service: 'spec',
      tenants: this.tenants,
      ledger: memoryLedger(),
      log,
      ...options,
    });
    for (const [name, handle] of Object.entries(handlers))
      strategy.addHandler(name, (delivery: Delivery) => Promise.resolve(handle(delivery)), true);
    strategy.listen(() => undefined);
    this.running.add(strategy);
    return strategy;
  }

  async stop(strategy: JetStreamStrategy): Promise<void> {
    this.running.delete(strategy);
    await strategy.close();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running].map((strategy) => this.stop(strategy)));
  }

  raw(
    tenant: string,
    body: unknown,
    {
      connection = 'c1',
      id = String(randomUUID()),
      headers,
    }: { connection?: string; id?: string; headers?: Record<string, string> } = {},
  ) {
    return this.bus.publish({ tenant, family: 'raw', lane: 'live', provider: 'hostaway', connection }, body, {
      id,
      ...(headers ? { headers } : {}),
    });
  }

  hint(tenant: string, entity: string, body: unknown = {}) {
    const subject = {
      tenant,
      family: 'fetch',
      lane: 'live',
      provider: 'hostaway',
      connection: 'c1',
      kind: 'reservation',
      entity,
    } as const;
    return this.bus.publish(subject, body, { id: randomUUID() });
  }

  /** How many messages the stream holds: 0 in a work queue when everything was settled. */
  async left(family: StreamFamily, tenant: string): Promise<number> {
    return (await (await this.bus.jsm()).streams.info(streamOf(family, tenant))).state.messages;
  }

  async dead(tenant: string): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for await (const letter of listDeadLetters(this.bus, tenant)) letters.push(letter);
    return letters;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopAll();
    await this.tenants.close();
    await this.nc.close();
    await this.nats[Symbol.asyncDispose]();
  }
}
