import { connection as connectionSchema } from '@roomwire/events';
import { Bus, KvTable, streamOf } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type RemoveConnection = { confirm: string; reason: string; by?: string; json?: boolean };

/** Where the reading and comparing of its lists, its re-telling, and what it is told stand. */
export const standOf = (connection: string): string[] =>
  [
    ...['page', 'push', 'close', 'seen'].map((part) => `${part}.${connection}.>`),
    ...['hook', 'heard', 'socket', 'retell', 'epoch', 'reconcile'].map((part) => `${part}.${connection}`),
  ].map((key) => `$KV.sync.${key}`);

/** The key before the secrets, or a secret could be put again. */
export async function removeKeys(bus: Bus, connection: string): Promise<void> {
  const jsm = await bus.jsm();
  await rollUp(bus, `$KV.connections.${connection}`);
  await jsm.streams.purge('KV_vault', { filter: `$KV.vault.${connection}` });
  for (const filter of standOf(connection)) await jsm.streams.purge('KV_sync', { filter });
}

/** A deletion that takes the key's history with it, and tells everybody who watches. */
export async function rollUp(bus: Bus, subject: string, body: unknown = new Uint8Array(), expectLast?: number): Promise<void> {
  await bus.publish(subject, body, {
    id: `erase:${crypto.randomUUID()}`,
    headers: { 'KV-Operation': 'PURGE', 'Nats-Rollup': 'sub' },
    ...(expectLast === undefined ? {} : { expectLast }),
  });
}

/**
 * Removes a connection that is not read any more: its key, its secrets, where its lists stand, and what was to be read for it, which
 * nobody could. What it has told stays: rooms, their history and dead letters are the tenant's.
 */
export async function removeConnection(
  { nc }: Session,
  id: string,
  options: RemoveConnection,
  terminal: Terminal,
): Promise<void> {
  if (options.confirm !== id) throw new Failure('usage', '--confirm has to repeat the connection’s id');
  await allTenants(nc);
  const bus = new Bus(nc);
  const jobs = await answering(async () => {
    const connections = await KvTable.open(nc, 'connections', connectionSchema);
    const held = await connections.fromLeader(id).finally(() => connections.close());
    if (!held) throw new Failure('not-found', `there is no connection ${JSON.stringify(id)}`, ['roomwire connection ls']);
    if (held.status === 'active') throw new Failure('refused', `${id} is active`, [`first: roomwire connection pause ${id}`]);
    const { tenant, provider } = held;
    await audit(bus, tenant, 'connection', {
      action: 'rm',
      connection: id,
      provider,
      by: byOf(options, terminal),
      reason: options.reason,
    });
    await removeKeys(bus, id);
    const { purged } = await (
      await bus.jsm()
    ).streams.purge(streamOf('FETCH', tenant), { filter: `pms.${tenant}.fetch.*.${provider}.${id}.>` });
    return purged;
  });
  if (options.json) return terminal.out(`${JSON.stringify({ connection: id, removed: true, jobs })}\n`);
  terminal.out(
    `${id} is removed, with its secrets and ${jobs} ${jobs === 1 ? 'read' : 'reads'} that waited; what it has told stays\n`,
  );
}
