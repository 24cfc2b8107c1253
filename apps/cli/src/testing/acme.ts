import { connection as connectionSchema, tenant as tenantSchema, type Connection } from '@roomwire/events';
import { ensureConnection, ensureFleet, ensureTenant, KvTable, type NatsConnection } from '@roomwire/jetstream';

export const hostaway: Connection = {
  ...{ id: 'c1', tenant: 'acme', provider: 'hostaway', status: 'active', account: null, baseUrl: null, unitsOf: null },
};

/** A tenant `acme` with a connection `c1`, as provisioning makes them. */
export async function makeAcme(nc: NatsConnection): Promise<void> {
  await ensureFleet(nc);
  await ensureTenant(nc, 'acme');
  await ensureConnection(nc, 'acme', 'hostaway');
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  const defaults = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };
  await tenants.put('acme', { id: 'acme', name: 'Acme', status: 'active', apiTokenHashes: [], defaults });
  await tenants.close();
  await putConnection(nc, hostaway);
}

export async function putConnection(nc: NatsConnection, connection: Connection): Promise<void> {
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  await connections.put(connection.id, connection);
  await connections.close();
}
