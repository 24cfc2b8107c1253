import type { NatsConnection } from '@nats-io/nats-core';
import { jetstreamManager } from '@nats-io/jetstream';
import { gauge, type Meter } from '@roomwire/telemetry';
import type { Bus } from './bus.ts';
import { streamOf, type ConsumerPlan } from './topology.ts';

/** How often ages are looked up: two requests a consumer, and as old as this the figure may be. */
const EVERY_MS = 15_000;

type Of = { tenant: string; plan: ConsumerPlan };

/** Age of what a durable has not settled: the first message past its ack floor. 0 where nothing waits. */
export async function oldestUnsettledMs(bus: Bus, { tenant, plan }: Of, nowMs: number): Promise<number> {
  const stream = streamOf(plan.stream, tenant);
  const info = await (await jetstreamManager(bus.nc, { checkAPI: false })).consumers.info(stream, plan.name);
  if (info.num_pending + info.num_ack_pending === 0) return 0;
  const oldest = await bus.nextOn(stream, plan.filter(tenant), info.ack_floor.stream_seq + 1);
  return oldest ? Math.max(0, nowMs - oldest.time.getTime()) : 0;
}

/** Nothing waits for ever (I8): what an alert watches. Returns how to stop looking. */
export function watchOldest(nc: NatsConnection, bus: Bus, meter: Meter, consumers: () => Iterable<Of>): () => void {
  const ages = new Map<string, { tenant: string; consumer: string; seconds: number }>();
  const observed = gauge(meter, 'roomwire_oldest_unsettled_seconds');
  const tell: Parameters<typeof observed.addCallback>[0] = (result) => {
    for (const { seconds, ...labels } of ages.values()) result.observe(seconds, labels);
  };
  const look = async (): Promise<void> => {
    const now = [...consumers()];
    const names = new Set(now.map(({ tenant, plan }) => `${tenant}/${plan.name}`));
    for (const key of ages.keys()) if (!names.has(key)) ages.delete(key);
    for (const of of now) {
      // A durable that was never made, or a broker away: the last figure stands, and says how old it is by not moving.
      const ms = nc.isClosed() ? undefined : await oldestUnsettledMs(bus, of, Date.now()).catch(() => undefined);
      if (ms !== undefined)
        ages.set(`${of.tenant}/${of.plan.name}`, { tenant: of.tenant, consumer: of.plan.name, seconds: ms / 1000 });
    }
  };
  observed.addCallback(tell);
  const timer = setInterval(() => void look(), EVERY_MS);
  void look();
  return () => {
    clearInterval(timer);
    observed.removeCallback(tell);
  };
}
