import { canonicalJson, mappingKey, unitKey, type Connection, type Mapping, type Tenant, type Unit } from '@roomwire/events';
import type { DeclaredConnection, DeclaredProperty, DeclaredTenant } from './provision-file.ts';

/** What became of one declared thing. */
export type Change = 'made' | 'changed' | 'unchanged';

export function changeOf(before: unknown, after: unknown): Change {
  if (before === undefined) return 'made';
  return canonicalJson(before) === canonicalJson(after) ? 'unchanged' : 'changed';
}

/** The tenant as it is to be. Tokens in force stay in force; a pause is the operator's and stays too. `hash`: the declared or made token's. */
export function tenantOf({ id, name, defaults }: DeclaredTenant, before: Tenant | undefined, hash: string | undefined): Tenant {
  const hashes = before?.apiTokenHashes ?? [];
  return {
    id,
    name,
    status: before?.status ?? 'active',
    apiTokenHashes: hash === undefined || hashes.includes(hash) ? hashes : [...hashes, hash],
    defaults,
  };
}

export type PlannedConnection = { ok: true; connection: Connection } | { ok: false; problem: string };

/** A connection's tenant and provider are for good: streams, keys and sealed secrets carry them. */
export function connectionOf(tenant: string, declared: DeclaredConnection, before: Connection | undefined): PlannedConnection {
  const { id, provider, account, baseUrl, unitsOf, unsaid } = declared;
  if (before && before.tenant !== tenant) return { ok: false, problem: `connection "${id}" belongs to another tenant` };
  if (before && before.provider !== provider)
    return {
      ok: false,
      problem: `connection "${id}" is one of ${before.provider}, which cannot become ${provider}: declare a new connection`,
    };
  return {
    ok: true,
    connection: {
      ...{ id, tenant, provider, status: declared.status ?? before?.status ?? 'active', account, baseUrl, unitsOf },
      ...(unsaid ? { unsaid } : {}),
      // An epoch never falls: what was told under it would be taken for older than it is.
      ...(before?.epoch === undefined ? {} : { epoch: before.epoch }),
    },
  };
}

export type CatalogueEntry = { key: string; unit: Unit } | { key: string; mapping: Mapping };

/** Every key of KV `catalog` that the declared properties stand for. */
export function catalogueOf(tenant: string, properties: readonly DeclaredProperty[]): CatalogueEntry[] {
  const mapped = (kind: 'property' | 'unit', id: string, providerIds: Record<string, string>): CatalogueEntry[] =>
    Object.entries(providerIds).map(([connection, entity]) => ({
      key: mappingKey(tenant, kind, connection, entity),
      mapping: { kind, connection, entity, id },
    }));
  return properties.flatMap((property) => [
    ...mapped('property', property.id, property.providerIds),
    ...property.units.flatMap(({ id, name, providerIds }) => [
      { key: unitKey(tenant, id), unit: { id, property: property.id, name } },
      ...mapped('unit', id, providerIds),
    ]),
  ]);
}
