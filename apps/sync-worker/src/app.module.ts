import { Module } from '@nestjs/common';
import { connectRedis, given, type Build, type Service } from '@roomwire/chassis';
import { type Connection, connection, drain, tenant } from '@roomwire/events';
import { Bus, connectNats, JetStreamStrategy, KvTable, redisLedger } from '@roomwire/jetstream';
import { PermitStore } from '@roomwire/rate';
import { natsVaultClient } from '@roomwire/vault-client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { environment } from './environment.ts';
import { EntityReader, type Fate, type Member } from './entity-reader.ts';
import { FetchConsumer } from './fetch.consumer.ts';
import { Figures } from './figures.ts';
import { Gatherer } from './gatherer.ts';
import { PageReader } from './page-reader.ts';
import { Poller } from './poller.ts';
import { Reader } from './reader.ts';
import { scopeRegister } from './scope-register.ts';

/** A lease with its grant, a wait for a permit and a call, and all of it once more after a refused token, ms. */
const DEADLINE_MS = 60_000;
/** Longer than any wait for a permit that is worth its place in the queue, ms. */
const STALLED_MS = 120_000;

/** What is parked for a connection goes on when it is. */
const isActive = (held: Connection | undefined, owner: string): boolean => held?.tenant === owner && held.status === 'active';

@Module({})
class SyncWorkerModule {}

/** What the sync-worker is made of, in the order in which one part needs the other. */
export const buildSyncWorker: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const nc = await connectNats({ ...nats, log });
  const redis = await connectRedis(env.REDIS_URL, { log, role: 'sync-worker' });
  const bus = new Bus(nc);
  const tenants = await KvTable.open(nc, 'tenants', tenant, { log });
  const connections = await KvTable.open(nc, 'connections', connection, { log });
  const drains = await KvTable.open(nc, 'sync', drain, { log, filter: 'page.>' });
  const now = Date.now;
  const figures = new Figures(meter);
  const reader = new Reader({
    permits: new PermitStore(redis, { firstUse: scopeRegister(bus), headroom: env.PERMIT_LIVE_HEADROOM }),
    vault: natsVaultClient(nc, nats.service),
    ...{ http: fetch, egress: env.EGRESS_ID, figures },
    ...{ now, random: Math.random, sleep: (ms: number) => sleep(ms) },
  });
  const entities = new EntityReader({ bus, reader, now, figures });
  const reads = new Gatherer<Member, Fate>((members) => entities.read(members), sleep);
  const pace = { leastMs: env.POLL_LEAST_SECONDS * 1_000, mostMs: env.POLL_MOST_SECONDS * 1_000 };
  const { random } = Math;
  const pages = new PageReader({ bus, connections, drains, reader, pace, now, random, figures });
  const nights = { before: env.POLL_DAYS_BEFORE, after: env.POLL_DAYS_AFTER };
  const clocks = { now, random, elapsed: () => performance.now() };
  const poller = new Poller({ bus, tenants, connections, drains, pace, nights, stalledMs: STALLED_MS, log, ...clocks });
  if (env.POLLING === 'on') poller.start();
  const strategy = new JetStreamStrategy({
    nc,
    service: nats.service,
    tenants,
    ledger: redisLedger(redis),
    isOpen: (owner, id) => isActive(connections.get(id), owner),
    log,
    meter,
    deadlineMs: DEADLINE_MS,
  });

  return {
    module: { module: SyncWorkerModule, controllers: [given(new FetchConsumer(bus, connections, reads, now, pages))] },
    strategies: [strategy],
    checks: {
      nats: () => (nc.isClosed() ? 'closed' : undefined),
      redis: () => (redis.status === 'ready' ? undefined : redis.status),
    },
    close: async () => {
      await poller.stop();
      await Promise.all([tenants.close(), connections.close(), drains.close()]);
      redis.disconnect();
      await nc.drain();
    },
  };
};
