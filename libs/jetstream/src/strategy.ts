import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Tenant } from '@roomwire/events';
import { counter, histogram, type Log, type Meter } from '@roomwire/telemetry';
import { Alone } from './alone.ts';
import { Bus } from './bus.ts';
import { ConsumeLoop, type KeyOf } from './consume.ts';
import type { KvTable } from './kv-table.ts';
import { indexCopies, publishDue } from './later.ts';
import type { Ledger } from './ledger.ts';
import { catchThrows, compose, deadline, requireVerdict, type Handler } from './middleware.ts';
import { watchOldest } from './oldest.ts';
import { Runner } from './run.ts';
import { CONSUMERS, fetchConsumers, type ConsumerPlan } from './topology.ts';
import type { Verdict } from './verdict.ts';

export type JetStreamStrategyOptions = {
  nc: NatsConnection;
  service: string;
  tenants: KvTable<Tenant>;
  ledger: Ledger;
  log: Log;
  meter?: Meter;
  /** Consumer name → key: messages of one key run one at a time in this process. By default the subject. */
  keyOf?: Record<string, KeyOf>;
  /** A handler that takes longer loses its turn, milliseconds. */
  deadlineMs?: number;
};

const DEADLINE_MS = 30_000;
const FULL_LIST_MS = 30_000;
const LATER_EVERY_MS = 250;
/** The due index is compared with the copies: at the start, and then so often. */
const INDEX_EVERY_MS = 300_000;

/**
 * JetStream as a Nest transport. A handler is an `@EventPattern('<consumer name>')` method that takes a Delivery and returns a
 * Verdict; this attaches it to every active tenant, now and to come.
 */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override transportId = Symbol('JETSTREAM');
  private readonly attached = new Map<string, ConsumeLoop[]>();
  /** Loops of tenants that are no longer ours, until they have drained. */
  private readonly leaving = new Set<Promise<void>>();
  private readonly indexedAt = new Map<string, number>();
  private readonly alone = new Alone();
  private readonly bus: Bus;
  private runner!: Runner;
  private plans: ConsumerPlan[] = [];
  private fullList: NodeJS.Timeout | undefined;
  private laterTimer: NodeJS.Timeout | undefined;
  private laterRun: Promise<void> = Promise.resolve();
  private stopWatching: (() => void) | undefined;
  private stopLooking: (() => void) | undefined;
  private closing = false;

  constructor(private readonly options: JetStreamStrategyOptions) {
    super();
    this.bus = new Bus(options.nc);
  }

  listen(callback: (error?: unknown) => void): void {
    const { nc, ledger, log, tenants } = this.options;
    const handlers = new Map(
      [...this.messageHandlers].map(([name, handler]) => [name, this.handlerOf(handler as unknown as NestHandler)]),
    );
    this.plans = [...handlers.keys()].map(planOf);
    this.runner = new Runner({ nc, bus: this.bus, ledger, alone: this.alone, log, handlers, ...this.measuring() });
    this.stopWatching = tenants.onChange(() => this.attachAll());
    // A watch can miss what happened while nobody was connected (trap 14).
    this.fullList = setInterval(() => this.attachAll(), FULL_LIST_MS);
    this.attachAll();
    this.later();
    if (this.options.meter) this.stopLooking = watchOldest(nc, this.bus, this.options.meter, () => this.consumers());
    callback();
  }

  async close(): Promise<void> {
    this.closing = true;
    this.stopWatching?.();
    this.stopLooking?.();
    clearInterval(this.fullList);
    clearTimeout(this.laterTimer);
    await Promise.all([...this.leaving, ...[...this.attached.values()].flat().map((loop) => loop.stop())]);
    await this.laterRun;
    this.attached.clear();
  }

  override on(): void {
    throw new Error('this transport has no events');
  }

  override unwrap<T>(): T {
    return this.options.nc as T;
  }

  private handlerOf(handler: NestHandler): Handler {
    const call: Handler = async (delivery) =>
      (await lastValueFrom(this.transformToObservable(await handler(delivery, {})))) as Verdict;
    return compose([requireVerdict, catchThrows, deadline(this.options.deadlineMs ?? DEADLINE_MS)], call);
  }

  private consumers(): { tenant: string; plan: ConsumerPlan }[] {
    return [...this.attached.keys()].flatMap((tenant) => this.plans.map((plan) => ({ tenant, plan })));
  }

  private attachAll(): void {
    if (this.closing) return;
    const active = new Set(
      [...this.options.tenants.entries()].flatMap(([, tenant]) => (tenant.status === 'active' ? [tenant.id] : [])),
    );
    for (const tenant of active) if (!this.attached.has(tenant)) this.attach(tenant);
    for (const [tenant, loops] of this.attached) {
      if (active.has(tenant)) continue;
      this.attached.delete(tenant);
      this.options.log.info({ tenant }, 'detached');
      const left = Promise.all(loops.map((loop) => loop.stop())).then(() => void this.leaving.delete(left));
      this.leaving.add(left);
    }
  }

  private attach(tenant: string): void {
    const keyOf = (plan: ConsumerPlan): KeyOf =>
      this.options.keyOf?.[plan.name] ?? ((delivery) => JSON.stringify(delivery.subject));
    this.attached.set(
      tenant,
      this.plans.map((plan) => new ConsumeLoop(tenant, plan, keyOf(plan), this.runner)),
    );
    this.options.log.info({ tenant, consumers: this.plans.map(({ name }) => name) }, 'attached');
  }

  /** Publishes again what has waited long enough, for every consumer of this service. */
  private later(): void {
    this.laterRun = this.laterOnce();
    void this.laterRun.finally(() => {
      if (!this.closing) this.laterTimer = setTimeout(() => this.later(), LATER_EVERY_MS);
    });
  }

  private async laterOnce(): Promise<void> {
    for (const tenant of this.attached.keys()) {
      if (this.closing) return;
      await Promise.all(this.plans.map(({ name }) => this.laterOf(tenant, name)));
    }
  }

  private async laterOf(tenant: string, stage: string): Promise<void> {
    const { ledger, log } = this.options;
    const key = `${tenant}/${stage}`;
    try {
      if ((this.indexedAt.get(key) ?? 0) + INDEX_EVERY_MS < Date.now()) {
        await indexCopies(this.bus, ledger, tenant, stage);
        this.indexedAt.set(key, Date.now());
      }
      await publishDue(this.bus, ledger, tenant, stage, Date.now());
    } catch (error) {
      log.debug({ tenant, stage, err: error }, 'later: will look again');
    }
  }

  private measuring(): { onSettled?: (stage: string, verdict: string, durationMs: number) => void } {
    const { meter } = this.options;
    if (!meter) return {};
    const messages = counter(meter, 'roomwire_messages_total');
    const duration = histogram(meter, 'roomwire_message_duration_seconds');
    return {
      onSettled: (consumer, verdict, durationMs) => {
        messages.add(1, { consumer, verdict });
        duration.record(durationMs / 1000, { consumer });
      },
    };
  }
}

type NestHandler = (data: unknown, context: unknown) => Promise<unknown>;

/** A handler for a consumer that no tenant has would wait for ever: that is a typing error, and it shows at once. */
function planOf(name: string): ConsumerPlan {
  const provider = /^fetch-([a-z0-9]+)-(?:live|poll|backfill)$/.exec(name)?.[1];
  const plan = [...CONSUMERS, ...(provider ? fetchConsumers(provider) : [])].find((known) => known.name === name);
  if (!plan) throw new TypeError(`no consumer is called "${name}"`);
  return plan;
}
