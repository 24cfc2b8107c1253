import { Module } from '@nestjs/common';
import { connectRedis, given, type Build, type Service } from '@roomwire/chassis';
import { connection, mapping, tenant, unit } from '@roomwire/events';
import { Bus, connectNats, JetStreamStrategy, KvTable, redisLedger } from '@roomwire/jetstream';
import { Announcer } from './announcer.ts';
import { Catalogue, type Tables } from './catalogue.ts';
import type { environment } from './environment.ts';
import { EpochStore } from './epoch-store.ts';
import { EventConsumer } from './event.consumer.ts';
import { Gate } from './gate.ts';
import { Memory } from './memory.ts';
import { ReadController } from './read.controller.ts';
import { Rebuild } from './rebuild.ts';
import { RecordStore } from './record-store.ts';
import { requireNoEviction } from './redis-policy.ts';
import { RoomDeriver } from './room-deriver.ts';
import { Sweep } from './sweep.ts';
import { Teller } from './teller.ts';
import { UnitStore } from './unit-store.ts';

@Module({})
class RegistryModule {}

/** What the registry is made of, in the order in which one part needs the other. */
export const buildRegistry: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const nc = await connectNats({ ...nats, log });
  const redis = await connectRedis(env.REDIS_URL, { log, role: 'registry' });
  await requireNoEviction(redis);
  const bus = new Bus(nc);
  const tables: Tables = {
    tenants: await KvTable.open(nc, 'tenants', tenant),
    connections: await KvTable.open(nc, 'connections', connection),
    mappings: await KvTable.open(nc, 'catalog', mapping, { filter: '*.map.>' }),
    units: await KvTable.open(nc, 'catalog', unit, { filter: '*.unit.*' }),
  };
  const catalogue = new Catalogue(tables);
  const memory = new Memory();
  const epochs = new EpochStore(redis, memory);
  const records = new RecordStore(redis, memory);
  const units = new UnitStore(redis, memory);
  const announcer = new Announcer(bus, records);
  const rooms = new RoomDeriver(bus, units, catalogue);
  const rebuild = new Rebuild(nc, epochs, records, units, log);
  const gate = new Gate(epochs, memory, (id) => rebuild.run(id));
  const sweep = new Sweep(tables.tenants, gate, records, units, announcer, rooms, log);
  const pause = pauseOf(env);
  const strategy = new JetStreamStrategy({
    nc,
    service: 'registry',
    tenants: tables.tenants,
    ledger: redisLedger(redis),
    log,
    meter,
  });
  sweep.start();

  const controllers = [
    given(new EventConsumer(bus, gate, new Teller(records, announcer, rooms, catalogue, pause), catalogue)),
    given(new ReadController(tables, catalogue, records, units)),
  ];
  return {
    module: { module: RegistryModule, controllers },
    strategies: [strategy],
    checks: {
      nats: () => (nc.isClosed() ? 'closed' : undefined),
      redis: () => (redis.status === 'ready' ? undefined : redis.status),
    },
    close: async () => {
      await sweep.stop();
      await Promise.all(Object.values(tables).map((table) => table.close()));
      redis.disconnect();
      await nc.drain();
    },
  };
};

function pauseOf(env: { ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS: number }): () => Promise<void> {
  const ms = env.ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS;
  return () => (ms ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve());
}
