import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Tenant } from '@roomwire/events';
import { counter, histogram, type Log, type Meter } from '@roomwire/telemetry';
import { Alone } from './alone.ts';
import { Bus } from './bus.ts';
import { ConsumeLoop, type KeyOf, type SameOf } from './consume.ts';
import { deadLetterFigure } from './dead-figures.ts';
import type { KvTable } from './kv-table.ts';
import { LaterLoop } from './later-loop.ts';
import type { Ledger } from './ledger.ts';
import { catchThrows, compose, deadline, requireVerdict, type Handler } from './middleware.ts';
import { watchOldest } from './oldest.ts';
import { Runner, type RunnerParts } from './run.ts';
import { CONSUMERS, fetchConsumers, pushConsumers, type ConsumerPlan } from './topology.ts';
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
  /** Of consumers that work on several messages of a key together (`together` of their plan): which of them. */
  sameOf?: SameOf;
  /** Whether what a message was parked for (a verdict's `parkedFor`) is open now. Asked again and again while something is parked. */
  isOpen?: (tenant: string, parkedFor: string) => boolean;
  /** A handler that takes longer loses its turn, milliseconds. */
  deadlineMs?: number;
  /** How long {@link JetStreamStrategy.close} waits for running handlers, milliseconds. */
  drainMs?: number;
};

const DEADLINE_MS = 30_000;
const FULL_LIST_MS = 30_000;
/** A process is to be gone within 10 s of SIGTERM; what does not end in time goes to another. */
const DRAIN_MS = 8_000;

/**
 * JetStream as a Nest transport. A handler is an `@EventPattern('<consumer name>')` method that takes a Delivery and returns a
 * Verdict; this attaches it to every active tenant, now and to come.
 */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override transportId = Symbol('JETSTREAM');
  private readonly attached = new Map<string, Attached>();
  /** Loops of tenants that are no longer ours, until they have drained. */
  private readonly leaving = new Set<Promise<void>>();
  private readonly alone = new Alone();
  private readonly bus: Bus;
  private runner!: Runner;
  private plans: ConsumerPlan[] = [];
  private fullList: NodeJS.Timeout | undefined;
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
    const onWait = (tenant: string, stage: string, dueMs: number): void =>
      this.attached.get(tenant)?.waits.get(stage)?.wakeAt(dueMs);
    this.runner = new Runner({ nc, bus: this.bus, ledger, alone: this.alone, log, handlers, onWait, ...this.measuring() });
    this.stopWatching = tenants.onChange(() => this.attachAll());
    // A watch can miss what happened while nobody was connected (trap 14).
    this.fullList = setInterval(() => this.attachAll(), FULL_LIST_MS);
    this.attachAll();
    if (this.options.meter) this.stopLooking = watchOldest(nc, this.bus, this.options.meter, () => this.consumers());
    callback();
  }

  async close(): Promise<void> {
    this.closing = true;
    this.stopWatching?.();
    this.stopLooking?.();
    clearInterval(this.fullList);
    await Promise.all([...this.leaving, ...[...this.attached.values()].map((attached) => this.release(attached))]);
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
    for (const [tenant, attached] of this.attached) {
      if (active.has(tenant)) continue;
      this.attached.delete(tenant);
      this.options.log.info({ tenant }, 'detached');
      const left = this.release(attached).finally(() => this.leaving.delete(left));
      this.leaving.add(left);
    }
  }

  private attach(tenant: string): void {
    const keyOf = (plan: ConsumerPlan): KeyOf =>
      this.options.keyOf?.[plan.name] ?? ((delivery) => JSON.stringify(delivery.subject));
    const { ledger, log, isOpen } = this.options;
    const parts = { bus: this.bus, ledger, log, isOpen };
    this.attached.set(tenant, {
      loops: this.plans.map(
        (plan) => new ConsumeLoop(tenant, plan, keyOf(plan), plan.together ? this.options.sameOf : undefined, this.runner),
      ),
      waits: new Map(this.plans.map(({ name }) => [name, new LaterLoop(tenant, name, parts)])),
    });
    this.options.log.info({ tenant, consumers: this.plans.map(({ name }) => name) }, 'attached');
  }

  private async release({ loops, waits }: Attached): Promise<void> {
    const drainMs = this.options.drainMs ?? DRAIN_MS;
    await Promise.all([...loops.map((loop) => loop.stop(drainMs)), ...[...waits.values()].map((wait) => wait.stop())]);
  }

  private measuring(): Pick<RunnerParts, 'onSettled' | 'onRedelivery' | 'onDead'> {
    const { meter } = this.options;
    if (!meter) return {};
    const messages = counter(meter, 'roomwire_messages_total');
    const duration = histogram(meter, 'roomwire_message_duration_seconds');
    const redeliveries = counter(meter, 'roomwire_redeliveries_total');
    return {
      onDead: deadLetterFigure(meter),
      onRedelivery: (consumer) => redeliveries.add(1, { consumer }),
      onSettled: (consumer, verdict, durationMs) => {
        messages.add(1, { consumer, verdict });
        duration.record(durationMs / 1000, { consumer });
      },
    };
  }
}

/** What runs for one tenant. */
type Attached = { loops: ConsumeLoop[]; /** By consumer name. */ waits: Map<string, LaterLoop> };
type NestHandler = (data: unknown, context: unknown) => Promise<unknown>;

/** A handler for a consumer that no tenant has would wait for ever: that is a typing error, and it shows at once. */
function planOf(name: string): ConsumerPlan {
  const provider = /^(?:fetch|push)-([a-z0-9]+)-[a-z]+$/.exec(name)?.[1];
  const plan = [...CONSUMERS, ...(provider ? [...fetchConsumers(provider), ...pushConsumers(provider)] : [])].find(
    (known) => known.name === name,
  );
  if (!plan) throw new TypeError(`no consumer is called "${name}"`);
  return plan;
}
