import type { NatsConnection } from '@nats-io/nats-core';
import { jetstreamManager } from '@nats-io/jetstream';
import { gauge, type Meter } from '@roomwire/telemetry';
import type { Bus } from './bus.ts';
import { streamOf, type ConsumerPlan } from './topology.ts';

/** How often ages are looked up: two requests a consumer, and as old as this the figure may be. */
const EVERY_MS = 15_000;

type Of = { tenant: string; plan: ConsumerPlan };

export type Unsettled = {
  /** Waiting or in hand. */ count: number;
  /** Of the first message past the ack floor; 0 where none waits. */ oldestMs: number;
};

/** What a durable has not settled: how many, and for how long. */
export async function unsettled(bus: Bus, { tenant, plan }: Of, nowMs: number): Promise<Unsettled> {
  const stream = streamOf(plan.stream, tenant);
  const info = await (await jetstreamManager(bus.nc, { checkAPI: false })).consumers.info(stream, plan.name);
  const count = info.num_pending + info.num_ack_pending;
  if (count === 0) return { count, oldestMs: 0 };
  const oldest = await bus.nextOn(stream, plan.filter(tenant), info.ack_floor.stream_seq + 1);
  return { count, oldestMs: oldest ? Math.max(0, nowMs - oldest.time.getTime()) : 0 };
}

/** Nothing waits for ever (I8): what an alert watches. Returns how to stop looking. */
export function watchOldest(nc: NatsConnection, bus: Bus, meter: Meter, consumers: () => Iterable<Of>): () => void {
  const ages = new Map<string, Unsettled & { tenant: string; consumer: string }>();
  const observed = gauge(meter, 'roomwire_oldest_unsettled_seconds');
  const backlog = gauge(meter, 'roomwire_backlog_messages');
  const tellAges: Parameters<typeof observed.addCallback>[0] = (result) => {
    for (const { oldestMs, tenant, consumer } of ages.values()) result.observe(oldestMs / 1000, { tenant, consumer });
  };
  const tellCounts: Parameters<typeof observed.addCallback>[0] = (result) => {
    for (const { count, tenant, consumer } of ages.values()) result.observe(count, { tenant, consumer });
  };
  const look = async (): Promise<void> => {
    const now = [...consumers()];
    const names = new Set(now.map(({ tenant, plan }) => `${tenant}/${plan.name}`));
    for (const key of ages.keys()) if (!names.has(key)) ages.delete(key);
    for (const of of now) {
      // A durable that was never made, or a broker away: the last figure stands, and says how old it is by not moving.
      const found = nc.isClosed() ? undefined : await unsettled(bus, of, Date.now()).catch(() => undefined);
      if (found) ages.set(`${of.tenant}/${of.plan.name}`, { tenant: of.tenant, consumer: of.plan.name, ...found });
    }
  };
  observed.addCallback(tellAges);
  backlog.addCallback(tellCounts);
  const timer = setInterval(() => void look(), EVERY_MS);
  void look();
  return () => {
    clearInterval(timer);
    observed.removeCallback(tellAges);
    backlog.removeCallback(tellCounts);
  };
}
