import { connection as connectionSchema, tenant as tenantSchema, type Connection, type Tenant } from '@roomwire/events';
import { countSince, KvTable, lookOver, streamOf, type BrokerLook, type NatsConnection } from '@roomwire/jetstream';
import { natsVaultStatus, VaultError, type ConnectionStatus } from '@roomwire/vault-client';
import { z } from 'zod';
import {
  brokerFindings,
  connectionsFindings,
  monitorFindings,
  redisFindings,
  serviceFindings,
  tenantFindings,
  type SeenMonitor,
  type SeenService,
  type SeenTenant,
} from './core/doctor-findings.ts';
import { lookAtRedis } from './redis-look.ts';
import type { Session } from './session.ts';
import { tellFindings } from './tell-findings.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type Examine = { natsMonitor?: string; ready: string[]; json?: boolean };

const ANSWER_MS = 3_000;
const HOUR_MS = 3_600_000;

/** Every dependency and every setting that is not safe, with what to do about it. Nothing is changed. */
export async function examine({ nc }: Session, options: Examine, terminal: Terminal): Promise<void> {
  await allTenants(nc);
  const url = terminal.env['REDIS_URL'];
  const { tenants, connections, broker } = await answering(() => installation(nc));
  const vault = await statusOf(nc);
  tellFindings(
    [
      ...brokerFindings(broker),
      ...monitorFindings(options.natsMonitor === undefined ? undefined : await monitorOf(options.natsMonitor)),
      ...redisFindings(url ? await lookAtRedis(url) : undefined),
      ...connectionsFindings(
        connections.map(({ id, tenant, status }) => ({ id, tenant, status, credentials: stateIn(vault, id) })),
        vault !== undefined,
      ),
      ...tenantFindings(await answering(() => Promise.all(tenants.map((each) => lettersOf(nc, each, broker, terminal.now()))))),
      ...serviceFindings(await Promise.all(options.ready.map(readinessOf))),
    ],
    options.json,
    terminal,
  );
}

async function installation(nc: NatsConnection): Promise<{ tenants: Tenant[]; connections: Connection[]; broker: BrokerLook }> {
  const tables = {
    tenants: await KvTable.open(nc, 'tenants', tenantSchema),
    connections: await KvTable.open(nc, 'connections', connectionSchema),
  };
  const [tenants, connections] = [
    [...tables.tenants.entries()].map(([, each]) => each),
    [...tables.connections.entries()].map(([, each]) => each),
  ];
  await Promise.all(Object.values(tables).map((table) => table.close()));
  const providersOf = (id: string): string[] => [
    ...new Set(connections.filter(({ tenant }) => tenant === id).map(({ provider }) => provider)),
  ];
  return {
    tenants,
    connections,
    broker: await lookOver(
      nc,
      tenants.map(({ id }) => ({ id, providers: providersOf(id) })),
    ),
  };
}

async function lettersOf(nc: NatsConnection, { id, status }: Tenant, { streams }: BrokerLook, now: number): Promise<SeenTenant> {
  const stream = streamOf('DEAD', id);
  const deadLetters = streams.find(({ name }) => name === stream)?.messages ?? 0;
  const [deadInHour = 0] = deadLetters === 0 ? [] : await countSince(nc, id, {}, [now - HOUR_MS]);
  return { id, status, deadLetters, deadInHour };
}

async function statusOf(nc: NatsConnection): Promise<ConnectionStatus[] | undefined> {
  try {
    return await natsVaultStatus(nc, 'operator');
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}

const stateIn = (all: readonly ConnectionStatus[] | undefined, id: string): string | null =>
  all?.find(({ connection }) => connection === id)?.state ?? null;

/** As much of nats-server's `/varz` as matters here. */
const varz = z.object({
  jetstream: z.object({
    config: z.object({ sync_interval: z.number().default(0), sync_always: z.boolean().default(false) }),
    stats: z.object({ ha_assets: z.number().default(0) }),
  }),
});

/** Undefined: it does not answer as nats-server's monitoring does. */
async function monitorOf(address: string): Promise<SeenMonitor | undefined> {
  const found = varz.safeParse(await bodyOf(`${address.replace(/\/$/, '')}/varz`)).data;
  if (!found) return undefined;
  const { config, stats } = found.jetstream;
  return { syncAlways: config.sync_always, syncSeconds: config.sync_interval / 1e9, haAssets: stats.ha_assets };
}

async function bodyOf(url: string): Promise<unknown> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).json();
  } catch {
    return undefined;
  }
}

async function readinessOf(address: string): Promise<SeenService> {
  try {
    const { ok, status } = await fetch(`${address.replace(/\/$/, '')}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return { address, answer: ok ? 'ready' : 'not ready', detail: ok ? '' : String(status) };
  } catch {
    return { address, answer: 'no answer', detail: '' };
  }
}
