import { Module } from '@nestjs/common';
import { connectRedis, given, type Build, type Service } from '@roomwire/chassis';
import { connection, HEADER, tenant } from '@roomwire/events';
import { Bus, connectNats, JetStreamStrategy, KvTable, redisLedger, type Delivery } from '@roomwire/jetstream';
import type { environment } from './environment.ts';
import { figuresOf } from './figures.ts';
import { Publisher } from './publisher.ts';
import { RawConsumer, type RawParts } from './raw.consumer.ts';

@Module({})
class NormalizerModule {}

/** Any two raw messages may be taken at once: whatever their order, the merge ends the same. */
const byReceipt = (delivery: Delivery): string => delivery.header(HEADER.receipt) || String(delivery.seq);
const keyOf = { 'normalizer-live': byReceipt, 'normalizer-bulk': byReceipt };

export const buildNormalizer: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const nc = await connectNats({ ...nats, log });
  const redis = await connectRedis(env.REDIS_URL, { log, role: 'normalizer' });
  const tenants = await KvTable.open(nc, 'tenants', tenant, { log });
  const connections = await KvTable.open(nc, 'connections', connection, { log });
  const figures = figuresOf(meter);
  const parts: RawParts = {
    connections,
    publisher: new Publisher(new Bus(nc), figures),
    figures,
    delay: delayOf(env.ROOMWIRE_FAULT_DELAY_MS),
  };
  return {
    module: { module: NormalizerModule, controllers: [given(new RawConsumer(parts))] },
    strategies: [new JetStreamStrategy({ nc, service: 'normalizer', tenants, ledger: redisLedger(redis), log, meter, keyOf })],
    checks: {
      nats: () => (nc.isClosed() ? 'closed' : undefined),
      redis: () => (redis.status === 'ready' ? undefined : redis.status),
    },
    close: async () => {
      await Promise.all([tenants.close(), connections.close()]);
      redis.disconnect();
      await nc.close();
    },
  };
};

function delayOf(ms: number): () => Promise<void> {
  return () => (ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve());
}
