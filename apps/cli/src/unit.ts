import {
  connection as connectionSchema,
  firstCatalogId,
  mapping as mappingSchema,
  mappingKey,
  remapped,
  unit as unitSchema,
  unitKey,
  type Mapping,
  type Unit,
} from '@roomwire/events';
import { Bus, KvTable } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import { doorsOf, doorsText, linking, unlinking, type Door } from './core/unit-plan.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListUnits = { tenant?: string; property?: string; json?: boolean };
export type ChangeUnits = { tenant?: string; reason?: string; by?: string; json?: boolean };

export async function listUnits({ nc }: Session, options: ListUnits, terminal: Terminal): Promise<void> {
  const doors: Door[] = [];
  for (const tenant of await tenantsOf(nc, options.tenant)) {
    await using catalogue = await openCatalogue(nc, tenant);
    doors.push(...doorsOf(tenant, catalogue.allUnits(), catalogue.allMappings()));
  }
  const units = doors.filter(({ property }) => options.property === undefined || property === options.property);
  if (options.json) return terminal.out(`${JSON.stringify({ units })}\n`);
  terminal.out(units.length > 0 ? `${doorsText(units)}\n` : 'no units\n');
}

/** The other unit's provider ids mean the first from now on. The registry moves what stands on it within seconds. */
export async function linkUnits(
  { nc }: Session,
  [unit, other]: readonly [string, string],
  options: ChangeUnits,
  terminal: Terminal,
): Promise<void> {
  const tenant = await tenantWith(nc, [unit, other], options.tenant);
  await using catalogue = await openCatalogue(nc, tenant);
  const moving = linking(unit, other, catalogue.allMappings());
  const ids = moving.map(({ connection, entity }) => `${connection}:${entity}`);
  if (moving.length > 0)
    await answering(async () => {
      const said = { action: 'link', unit, other, ids, by: byOf(options, terminal), ...reasonOf(options) };
      await audit(new Bus(nc), tenant, 'unit', said);
      for (const mapping of moving) await remap(catalogue.mappings, tenant, mapping, unit);
    });
  if (options.json) return terminal.out(`${JSON.stringify({ tenant, unit, other, ids })}\n`);
  terminal.out(moving.length > 0 ? `${ids.join(', ')}: now ${unit}\n` : `${other} is linked to ${unit} already\n`);
}

/** Gives a provider id a unit of its own again: the one that it had when it was first met. */
export async function unlinkUnit(
  { nc }: Session,
  [connection, entity]: readonly [string, string],
  options: ChangeUnits,
  terminal: Terminal,
): Promise<void> {
  const tenant = await tenantOfConnection(nc, connection);
  await using catalogue = await openCatalogue(nc, tenant);
  const mapping = catalogue.mappings.get(mappingKey(tenant, 'unit', connection, entity));
  if (!mapping)
    throw new Failure('not-found', `no unit is known by ${connection}:${entity}`, ['`roomwire unit ls` shows providers’ ids']);
  const own = unlinking(mapping, catalogue.allMappings());
  if (own !== undefined)
    await answering(async () => {
      const said = { action: 'unlink', unit: own, other: mapping.id, ids: [`${connection}:${entity}`] };
      await audit(new Bus(nc), tenant, 'unit', { ...said, by: byOf(options, terminal), ...reasonOf(options) });
      const { property = firstCatalogId('property', connection, entity) } =
        catalogue.units.get(unitKey(tenant, mapping.id)) ?? {};
      // First the unit, then what leads to it: a mapping never points at nothing.
      await catalogue.units.create(unitKey(tenant, own), { id: own, property, name: entity });
      await remap(catalogue.mappings, tenant, mapping, own);
    });
  const unit = own ?? mapping.id;
  if (options.json)
    return terminal.out(`${JSON.stringify({ tenant, connection, id: entity, unit, changed: own !== undefined })}\n`);
  terminal.out(`${connection}:${entity} ${own === undefined ? 'has a unit of its own already' : 'is now'}: ${unit}\n`);
}

const reasonOf = ({ reason }: ChangeUnits) => (reason === undefined ? {} : { reason });

/** Compare and set: what somebody else decided meanwhile is not overwritten. */
async function remap(mappings: KvTable<Mapping>, tenant: string, seen: Mapping, unit: string): Promise<void> {
  const key = mappingKey(tenant, 'unit', seen.connection, seen.entity);
  const now = await mappings.entryFromLeader(key);
  if (now?.value?.id === seen.id && (await mappings.update(key, remapped(now.value, unit), now.seq)) !== undefined) return;
  throw new Failure('refused', `somebody else changed ${seen.connection}:${seen.entity} at the same time`, [
    '`roomwire unit ls` shows what it means now; then run this again',
  ]);
}

type Catalogue = AsyncDisposable & {
  units: KvTable<Unit>;
  mappings: KvTable<Mapping>;
  allUnits(): Unit[];
  allMappings(): Mapping[];
};

async function openCatalogue(nc: Session['nc'], tenant: string): Promise<Catalogue> {
  const units = await KvTable.open(nc, 'catalog', unitSchema, { filter: `${tenant}.unit.*` });
  const mappings = await KvTable.open(nc, 'catalog', mappingSchema, { filter: `${tenant}.map.>` });
  return {
    units,
    mappings,
    allUnits: () => [...units.entries()].map(([, each]) => each),
    allMappings: () => [...mappings.entries()].map(([, each]) => each),
    [Symbol.asyncDispose]: async () => void (await Promise.all([units.close(), mappings.close()])),
  };
}

async function tenantsOf(nc: Session['nc'], wanted: string | undefined): Promise<string[]> {
  const tenants = await allTenants(nc);
  if (wanted === undefined) return tenants;
  if (!tenants.includes(wanted))
    throw new Failure('not-found', `there is no tenant ${JSON.stringify(wanted)}`, [
      `those that there are: ${tenants.join(', ')}`,
    ]);
  return [wanted];
}

/** The one tenant that has all these units. */
async function tenantWith(nc: Session['nc'], wanted: readonly string[], among: string | undefined): Promise<string> {
  const missing = new Set(wanted);
  const found: string[] = [];
  for (const tenant of await tenantsOf(nc, among)) {
    await using catalogue = await openCatalogue(nc, tenant);
    const here = wanted.filter((unit) => catalogue.units.get(unitKey(tenant, unit)));
    here.forEach((unit) => missing.delete(unit));
    if (here.length === wanted.length) found.push(tenant);
  }
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new Failure('usage', 'more than one tenant has such units', [`--tenant says which: ${found.join(', ')}`]);
  const what = missing.size > 0 ? `there is no unit ${[...missing].join(', nor ')}` : 'no tenant has both units';
  throw new Failure('not-found', what, ['`roomwire unit ls` shows those that there are']);
}

async function tenantOfConnection(nc: Session['nc'], id: string): Promise<string> {
  await allTenants(nc);
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  const found = connections.get(id);
  await connections.close();
  if (!found) throw new Failure('not-found', `there is no connection ${JSON.stringify(id)}`);
  if (found.unitsOf === null) return found.tenant;
  throw new Failure('refused', `${id} speaks of the units of ${found.unitsOf}`, ['unlink the id there']);
}
