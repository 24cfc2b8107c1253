import { connection as connectionSchema } from '@roomwire/events';
import { Bus, KvTable } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type Reset = { tenant: string; connection: string; reason?: string; by?: string; json?: boolean };

/**
 * Raises the connection's epoch: whatever it tells from then on outranks what was known of it, however old its stamps are. For a
 * provider that was restored from a backup, or had a wrong clock. The registry has all that it holds read again (ADR 0014).
 */
export async function resetConnection({ nc }: Session, options: Reset, terminal: Terminal): Promise<void> {
  const { tenant, connection: id, reason } = options;
  await allTenants(nc);
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  const epoch = await answering(async () => {
    const held = await connections.entryFromLeader(id);
    if (held?.value?.tenant !== tenant)
      throw new Failure('not-found', `tenant ${JSON.stringify(tenant)} has no connection ${JSON.stringify(id)}`);
    const next = (held.value.epoch ?? 0) + 1;
    const said = { action: 'reset', connection: id, epoch: next, by: byOf(options, terminal), ...(reason ? { reason } : {}) };
    await audit(new Bus(nc), tenant, 'registry', said);
    if ((await connections.update(id, { ...held.value, epoch: next }, held.seq)) !== undefined) return next;
    throw new Failure('refused', `somebody else changed the connection ${id} at the same time`, ['run it again']);
  }).finally(() => connections.close());
  terminal.out(
    options.json
      ? `${JSON.stringify({ tenant, connection: id, epoch })}\n`
      : `${id}: epoch ${epoch}; what it tells from now on outranks what was known, and it is read again\n`,
  );
}
