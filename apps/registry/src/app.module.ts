import { Module } from '@nestjs/common';
import { connectRedis, given, type Build, type Service } from '@roomwire/chassis';
import type { Pipeline } from '@roomwire/events';
import { connectNats, JetStreamStrategy, redisLedger, watchStorage } from '@roomwire/jetstream';
import { gauge, hopFigure } from '@roomwire/telemetry';
import type { environment } from './environment.ts';
import { EventConsumer, recordOf, type HoldUp } from './event.consumer.ts';
import { openRegistry, type RegistryOptions } from './parts.ts';
import { CatalogueLists } from './read/catalogue-lists.ts';
import { ConflictLists } from './read/conflict-lists.ts';
import { Histories } from './read/histories.ts';
import { ReadController } from './read/read.controller.ts';
import { RecordLists } from './read/record-lists.ts';
import { Whole } from './read/whole.ts';
import { requireNoEviction } from './redis-policy.ts';

/** Records looked at in a second for what was told under an older epoch or mapping: 10,000 of a connection in less than a minute. */
const RETELL_LOOKS = 200;

@Module({})
class RegistryModule {}

export const buildRegistry: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const nc = await connectNats({ ...nats, log });
  const redis = await connectRedis(env.REDIS_URL, { log, role: 'registry' });
  await requireNoEviction(redis);
  const registry = await openRegistry(nc, redis, { log, meter, ...settingsOf(env) });
  const { bus, epochs, gate, teller, catalogue, reads, disagreements, tables, records, units, conflicts, sweep, rebuild } =
    registry;
  gauge(meter, 'roomwire_rebuild_remaining').addCallback((result) => {
    for (const [tenant, { step, done, total }] of rebuild.progress()) result.observe(Math.max(0, total - done), { tenant, step });
  });
  sweep.start();
  const stopLooking = watchStorage(bus, meter, () => [...tables.tenants.entries()].map(([, { id }]) => id));
  return {
    module: {
      module: RegistryModule,
      controllers: [
        given(
          new EventConsumer(
            bus,
            gate,
            teller,
            catalogue,
            reads,
            disagreements,
            hopFigure(meter),
            hangIn(env.ROOMWIRE_FAULT_HANG_PIPELINE),
          ),
        ),
        given(
          new ReadController(
            tables,
            new Whole(gate, epochs),
            new CatalogueLists(catalogue, records, units),
            new RecordLists(records),
            new ConflictLists(conflicts),
            new Histories(bus, catalogue, conflicts),
          ),
        ),
      ],
    },
    strategies: [
      new JetStreamStrategy({
        ...{ nc, service: 'registry', tenants: tables.tenants, ledger: redisLedger(redis), log, meter },
        sameOf: recordOf,
      }),
    ],
    checks: {
      nats: () => (nc.isClosed() ? 'closed' : undefined),
      redis: () => (redis.status === 'ready' ? undefined : redis.status),
    },
    waits: () => rebuild.waits(),
    close: async () => {
      stopLooking();
      await registry.close();
      redis.disconnect();
      await nc.drain();
    },
  };
};

function settingsOf(env: Parameters<typeof buildRegistry>[0]): Omit<RegistryOptions, 'log' | 'meter'> {
  return {
    now: Date.now,
    pauseBeforeAnnounce: pauseOf(env.ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS),
    horizonDays: env.HORIZON_DAYS,
    retell: { inFlight: env.ROOMWIRE_RETELL_IN_FLIGHT_MAX, perSecond: env.ROOMWIRE_RETELL_PER_SECOND_MAX, looks: RETELL_LOOKS },
    epoch: {
      quorum: env.ROOMWIRE_EPOCH_QUORUM,
      confirmMs: env.ROOMWIRE_EPOCH_CONFIRM_MS,
      raiseEveryMs: env.ROOMWIRE_EPOCH_RAISE_EVERY_MS,
    },
  };
}

function pauseOf(ms: number): () => Promise<void> {
  return () => (ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve());
}

function hangIn(pipeline: Pipeline | undefined): HoldUp {
  return (event) => (event.pipeline === pipeline ? new Promise(() => undefined) : Promise.resolve());
}
