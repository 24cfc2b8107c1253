import { Module } from '@nestjs/common';
import { connectRedis, given, type Build, type Environment, type Service } from '@roomwire/chassis';
import { type Connection, connection, drain, heard, hook, tenant } from '@roomwire/events';
import { Bus, connectNats, JetStreamStrategy, KvTable, redisLedger, scopeRegister, type Delivery } from '@roomwire/jetstream';
import { PermitStore } from '@roomwire/rate';
import type { Log, Meter } from '@roomwire/telemetry';
import { natsVaultClient } from '@roomwire/vault-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { tellBackfills } from './backfill-figures.ts';
import { Breakers } from './breakers.ts';
import { comparingOf, rulesOf, type environment } from './environment.ts';
import { EntityReader, type Fate, type Member } from './entity-reader.ts';
import { FetchConsumer } from './fetch.consumer.ts';
import { nightsAround } from './core/nights.ts';
import { Figures } from './figures.ts';
import { Gatherer } from './gatherer.ts';
import { PageReader } from './page-reader.ts';
import { Poller } from './poller.ts';
import { buildPushing } from './push/parts.ts';
import { PUSH_CONSUMERS } from './push/push.consumer.ts';
import { Reader, type ReaderParts } from './reader.ts';
import { buildReconciling } from './reconcile/parts.ts';
import { Registrar } from './registrar.ts';
import { buildSockets } from './socket/parts.ts';

/** A lease with its grant, a wait for a permit and a call, and all of it once more after a refused token, ms. */
const DEADLINE_MS = 60_000;
/** Longer than any wait for a permit that is worth its place in the queue, ms. */
const STALLED_MS = 120_000;

/** What is parked for a connection goes on when it is. */
const isActive = (held: Connection | undefined, owner: string): boolean => held?.tenant === owner && held.status === 'active';

/** All orders of a connection are one subject, and share calls: what is wanted of a night they settle among themselves. */
const byOrder = ({ seq }: Delivery): string => String(seq);

@Module({})
class SyncWorkerModule {}

type Around = { bus: Bus; redis: Awaited<ReturnType<typeof connectRedis>>; vault: ReaderParts['vault']; log: Log; meter: Meter };

/** What every call to a provider needs: one breaker and one account of permits for all that this process asks and tells. */
function callingOf(
  env: Environment<typeof environment>,
  { bus, redis, vault, log, meter }: Around,
): Omit<ReaderParts, 'figures'> {
  return {
    permits: new PermitStore(redis, { firstUse: scopeRegister(bus), headroom: env.PERMIT_LIVE_HEADROOM }),
    vault,
    breakers: new Breakers({ rules: rulesOf(env), log, meter, random: Math.random, elapsed: () => performance.now() }),
    ...{ http: fetch, egress: env.EGRESS_ID },
    ...{ now: Date.now, random: Math.random, sleep: (ms: number) => sleep(ms) },
  };
}

/** What all parts watch; each of them opens what is its own. */
async function openTables(nc: Bus['nc'], log: Log) {
  const tenants = await KvTable.open(nc, 'tenants', tenant, { log });
  const connections = await KvTable.open(nc, 'connections', connection, { log });
  const drains = await KvTable.open(nc, 'sync', drain, { log, filter: 'page.>' });
  const hooks = await KvTable.open(nc, 'sync', hook, { log, filter: 'hook.*' });
  const heardAt = await KvTable.open(nc, 'sync', heard, { log, filter: 'heard.*' });
  const all = [tenants, connections, drains, hooks, heardAt];
  const close = async (): Promise<void> => void (await Promise.all(all.map((table) => table.close())));
  return { tenants, connections, drains, hooks, heardAt, close };
}

/** What the sync-worker is made of, in the order in which one part needs the other. */
export const buildSyncWorker: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const nc = await connectNats({ ...nats, log });
  const redis = await connectRedis(env.REDIS_URL, { log, role: 'sync-worker' });
  const bus = new Bus(nc);
  const { tenants, connections, drains, hooks, heardAt, close } = await openTables(nc, log);
  const clocks = { now: Date.now, random: Math.random, elapsed: () => performance.now() };
  const figures = new Figures(meter);
  tellBackfills(meter, drains, clocks.now);
  const vault = natsVaultClient(nc, nats.service);
  const calling = callingOf(env, { bus, redis, vault, log, meter });
  const reader = new Reader({ ...calling, figures });
  const entities = new EntityReader({ bus, reader, figures, ...clocks });
  const reads = new Gatherer<Member, Fate>((members) => entities.read(members), sleep);
  const pace = { leastMs: env.POLL_LEAST_SECONDS * 1_000, mostMs: env.POLL_MOST_SECONDS * 1_000 };
  const sockets = await buildSockets({ bus, vault, tenants, connections, hooks, figures, log }, env.SOCKETS === 'on');
  const { mayMiss } = sockets;
  const pages = new PageReader({ bus, connections, drains, reader, pace, mayMiss, figures, ...clocks });
  const nights = { before: env.POLL_DAYS_BEFORE, after: env.POLL_DAYS_AFTER };
  const looking = { bus, tenants, connections, drains, log, stalledMs: STALLED_MS, ...clocks };
  const poller = new Poller({ ...looking, pace, mayMiss, nights, calendarsEveryMs: env.POLL_CALENDARS_SECONDS * 1_000 });
  if (env.POLLING === 'on') poller.start();
  const registrar = new Registrar({
    ...{ bus, tenants, connections, drains, heard: heardAt, hooks, reader, vault, figures, log, ...clocks },
    bases: [env.WEBHOOK_BASE_URL ?? [], env.WEBHOOK_PAST_BASE_URLS].flat(),
    everyMs: env.WEBHOOK_CHECK_SECONDS * 1_000,
  }).start();
  const comparing = { ...looking, ...comparingOf(env), reader, figures, nights: (at: number) => nightsAround(at, nights) };
  const reconciling = await buildReconciling(comparing, env.RECONCILING === 'on');
  const pushing = await buildPushing({ bus, tenants, connections, calling, figures, log }, env.CLOSING === 'on');
  const strategy = new JetStreamStrategy({
    ...{ nc, service: nats.service, tenants },
    ledger: redisLedger(redis),
    keyOf: Object.fromEntries(PUSH_CONSUMERS.map((name) => [name, byOrder])),
    isOpen: (owner, id) => isActive(connections.get(id), owner),
    ...{ log, meter, deadlineMs: DEADLINE_MS },
  });

  return {
    module: {
      module: SyncWorkerModule,
      controllers: [
        given(new FetchConsumer(bus, connections, reads, clocks.now, { page: pages, compare: reconciling.pages }, drains)),
        given(pushing.consumer),
      ],
    },
    strategies: [strategy],
    checks: {
      nats: () => (nc.isClosed() ? 'closed' : undefined),
      redis: () => (redis.status === 'ready' ? undefined : redis.status),
    },
    close: async () => {
      await Promise.all([poller.stop(), registrar.stop(), reconciling.close(), pushing.close(), sockets.close()]);
      await close();
      redis.disconnect();
      await nc.drain();
    },
  };
};
