import { tenant as tenantSchema, type Tenant } from '@roomwire/events';
import { Bus, KvTable } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type Pausing = { reason?: string; by?: string; json?: boolean };

/** A paused tenant's services detach within seconds; what comes meanwhile is stored, and done when it is resumed. */
export async function setTenantStatus(
  { nc }: Session,
  id: string,
  status: Tenant['status'],
  options: Pausing,
  terminal: Terminal,
): Promise<void> {
  await allTenants(nc);
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  const changed = await answering(async () => {
    const held = await tenants.entryFromLeader(id);
    if (!held?.value) throw noTenant(id);
    if (held.value.status === status) return false;
    const action = status === 'paused' ? 'pause' : 'resume';
    const reason = options.reason === undefined ? {} : { reason: options.reason };
    await audit(new Bus(nc), id, 'tenant', { action, by: byOf(options, terminal), ...reason });
    if ((await tenants.update(id, { ...held.value, status }, held.seq)) !== undefined) return true;
    throw new Failure('refused', `somebody else changed the tenant ${id} at the same time`, ['run it again']);
  }).finally(() => tenants.close());
  if (options.json) return terminal.out(`${JSON.stringify({ tenant: id, status, changed })}\n`);
  terminal.out(`${id} is ${status}${changed ? '' : ' already'}\n`);
}

export function noTenant(id: string): Failure {
  return new Failure('not-found', `there is no tenant ${JSON.stringify(id)}`);
}
