import {
  connection as connectionSchema,
  drain as drainSchema,
  filterOf,
  heard as heardSchema,
  heardKey,
  hook as hookSchema,
  hookKey,
  reconciling as reconcilingSchema,
  reconcilingKey,
  socketKey,
  socketState,
  type Connection,
} from '@roomwire/events';
import { Bus, findDeadLetters, KvTable, LATER_HEADER, lookThrough, streamOf, type NatsConnection } from '@roomwire/jetstream';
import { natsVaultStatus, VaultError } from '@roomwire/vault-client';
import type { z } from 'zod';
import { connectionFindings, type SeenConnection } from './core/connection-findings.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { tellFindings } from './tell-findings.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

const COPIES_MAX = 20_000;

/** Whether a connection works, and what to do where it does not. */
export async function checkConnection(
  { nc }: Session,
  id: string,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  await allTenants(nc);
  const seen = await answering(() => look(nc, id));
  tellFindings(connectionFindings(seen, terminal.now()), json, terminal);
}

async function look(nc: Session['nc'], id: string): Promise<SeenConnection> {
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  const connection = await connections.fromLeader(id).finally(() => connections.close());
  if (!connection) throw new Failure('not-found', `there is no connection ${JSON.stringify(id)}`, ['roomwire connection ls']);
  const drains = await KvTable.open(nc, 'sync', drainSchema, { filter: `page.${id}.>` });
  const lists = [...drains.entries()].map(([, each]) => each).filter(({ tenant }) => tenant === connection.tenant);
  await drains.close();
  const bus = new Bus(nc);
  const { tenant } = connection;
  const parked = await lookThrough(bus, streamOf('WORK', tenant), filterOf(tenant, 'later'), {
    most: COPIES_MAX,
    isWanted: (copy) => copy.header(LATER_HEADER.parkedFor) === id,
  });
  return {
    ...{ connection, lists, parked: parked.found.length },
    credentials: await credentialsOf(nc, id),
    webhooks: await webhooksOf(nc, id),
    comparing: await standAt(nc, reconcilingKey(id), reconcilingSchema),
    socket: await standAt(nc, socketKey(id), socketState),
    deadLetters: await lettersOf(nc, connection),
  };
}

async function credentialsOf(nc: Session['nc'], id: string): Promise<SeenConnection['credentials']> {
  try {
    return (await natsVaultStatus(nc, 'operator', id)).find(({ connection }) => connection === id) ?? null;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return error.code === 'unavailable' ? undefined : null;
  }
}

/** What gateways noted of the last genuine webhook, and what the sync-worker found of their registration. */
async function webhooksOf(nc: NatsConnection, id: string): Promise<SeenConnection['webhooks']> {
  const [heard, hook] = [await standAt(nc, heardKey(id), heardSchema), await standAt(nc, hookKey(id), hookSchema)];
  return { heardAt: heard?.at ?? null, hook };
}

async function standAt<T>(nc: NatsConnection, key: string, schema: z.ZodType<T>): Promise<T | null> {
  const stands = await KvTable.open(nc, 'sync', schema, { filter: key });
  await stands.close();
  return stands.get(key) ?? null;
}

/** A letter of an earlier release is found whoever is asked for: its own word decides. */
async function lettersOf(nc: NatsConnection, { id, tenant }: Connection): Promise<number> {
  let count = 0;
  for await (const { connection } of findDeadLetters(nc, tenant, { connection: id }, { headersOnly: true }))
    if (connection === id) count += 1;
  return count;
}
