import { randomBytes } from 'node:crypto';
import { apiTokenHash, newApiToken, remapped, type Connection, type Mapping, type Tenant, type Unit } from '@roomwire/events';
import type { VaultClient } from '@roomwire/vault-client';
import { Failure } from './core/failure.ts';
import { catalogueOf, changeOf, connectionOf, tenantOf, type Change } from './core/provision-plan.ts';
import type { ReadyConnection, ReadyTenant } from './provision-input.ts';

type Table<T> = { fromLeader(key: string): Promise<T | undefined>; put(key: string, value: T): Promise<unknown> };

/** What provisioning changes. */
export type Installation = {
  ensureTenant(tenant: string): Promise<unknown>;
  ensureConnection(tenant: string, provider: string): Promise<unknown>;
  tenants: Table<Tenant>;
  connections: Table<Connection>;
  units: Table<Unit>;
  mappings: Table<Mapping>;
  vault: Pick<VaultClient, 'putCredentials' | 'putWebhookSecret'>;
};

export type ProvisionedConnection = {
  id: string;
  provider: string;
  change: Change;
  /** Sent to the vault, which alone can tell whether they are new. */
  credentials?: 'sent';
  webhookSecret?: 'sent';
};
export type ProvisionedTenant = {
  id: string;
  change: Change;
  /** Only where it was made just now: it is kept nowhere. */
  apiToken?: string;
  connections: ProvisionedConnection[];
  catalogue: Record<Change, number>;
};

/**
 * Makes the installation what is declared, and may be run again at any time. `report` grows with every step done: a token that
 * was made is in it even where a later step fails. Order: streams before the key that services attach by; a connection before
 * its secrets, for the vault checks whose it is.
 */
export async function provision(
  ready: readonly ReadyTenant[],
  installation: Installation,
  report: ProvisionedTenant[],
): Promise<void> {
  for (const tenant of ready) {
    await installation.ensureTenant(tenant.declared.id);
    const provisioned = await putTenant(tenant, installation);
    report.push(provisioned);
    for (const connection of tenant.connections)
      provisioned.connections.push(await putConnection(tenant.declared.id, connection, installation));
    for (const [index, { declared, ...secrets }] of tenant.connections.entries())
      Object.assign(provisioned.connections[index]!, await sendSecrets(tenant.declared.id, declared, secrets, installation));
    await putCatalogue(tenant, installation, provisioned.catalogue);
  }
}

async function putTenant({ declared, apiToken }: ReadyTenant, { tenants }: Installation): Promise<ProvisionedTenant> {
  const before = await tenants.fromLeader(declared.id);
  const made = apiToken === undefined && !before?.apiTokenHashes.length ? newApiToken(declared.id, randomBytes(32)) : undefined;
  const token = apiToken ?? made;
  const after = tenantOf(declared, before, token === undefined ? undefined : apiTokenHash(token));
  const change = changeOf(before, after);
  if (change !== 'unchanged') await tenants.put(declared.id, after);
  return {
    id: declared.id,
    change,
    ...(made ? { apiToken: made } : {}),
    connections: [],
    catalogue: { made: 0, changed: 0, unchanged: 0 },
  };
}

async function putConnection(
  tenant: string,
  { declared }: ReadyConnection,
  installation: Installation,
): Promise<ProvisionedConnection> {
  const before = await installation.connections.fromLeader(declared.id);
  const planned = connectionOf(tenant, declared, before);
  if (!planned.ok) throw new Failure('refused', planned.problem);
  await installation.ensureConnection(tenant, declared.provider);
  const change = changeOf(before, planned.connection);
  if (change !== 'unchanged') await installation.connections.put(declared.id, planned.connection);
  return { id: declared.id, provider: declared.provider, change };
}

type Sent = Pick<ProvisionedConnection, 'credentials' | 'webhookSecret'>;

async function sendSecrets(
  tenant: string,
  { id, provider }: ReadyConnection['declared'],
  secrets: Omit<ReadyConnection, 'declared'>,
  { vault }: Installation,
): Promise<Sent> {
  const { credentials, webhookSecret } = secrets;
  if (credentials) await vault.putCredentials({ tenant, connection: id, provider, credentials });
  if (webhookSecret) await vault.putWebhookSecret({ tenant, connection: id, secret: webhookSecret });
  return { ...(credentials ? { credentials: 'sent' } : {}), ...(webhookSecret ? { webhookSecret: 'sent' } : {}) };
}

async function putCatalogue(
  { declared }: ReadyTenant,
  { units, mappings }: Installation,
  counts: Record<Change, number>,
): Promise<void> {
  for (const entry of catalogueOf(declared.id, declared.properties)) {
    if ('unit' in entry) counts[await putEntry(units, entry.key, () => entry.unit)] += 1;
    else counts[await putEntry(mappings, entry.key, (before) => mappingAfter(before, entry.mapping))] += 1;
  }
}

async function putEntry<T>(table: Table<T>, key: string, valueAfter: (before: T | undefined) => T): Promise<Change> {
  const before = await table.fromLeader(key);
  const value = valueAfter(before);
  const change = changeOf(before, value);
  if (change !== 'unchanged') await table.put(key, value);
  return change;
}

/** What is declared holds, also against a link; the registry moves what stands on the unit that it meant before. */
const mappingAfter = (before: Mapping | undefined, declared: Mapping): Mapping =>
  before ? remapped(before, declared.id) : declared;
