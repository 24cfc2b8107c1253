import { firstCatalogId, type Mapping, type Unit } from '@roomwire/events';
import { Failure } from './failure.ts';
import { table } from './table.ts';

/** A unit, and what it is called by whom. */
export type Door = { tenant: string; unit: string; property: string; name: string; ids: { connection: string; id: string }[] };

/** Units of a tenant by id. One whose providers' ids all mean another unit now is no door any more. */
export function doorsOf(tenant: string, units: readonly Unit[], mappings: readonly Mapping[]): Door[] {
  const ofUnits = mappings.filter(({ kind }) => kind === 'unit');
  const left = new Set(ofUnits.flatMap(({ formerly = [] }) => formerly));
  return units
    .map(({ id, property, name }) => ({ tenant, unit: id, property, name, ids: idsOf(id, ofUnits) }))
    .filter(({ unit, ids }) => ids.length > 0 || !left.has(unit))
    .toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
}

function idsOf(unit: string, mappings: readonly Mapping[]): Door['ids'] {
  return mappings
    .filter(({ id }) => id === unit)
    .map(({ connection, entity }) => ({ connection, id: entity }))
    .toSorted((a, b) => (`${a.connection} ${a.id}` < `${b.connection} ${b.id}` ? -1 : 1));
}

export function doorsText(doors: readonly Door[]): string {
  return table(doors, [
    { title: 'tenant', of: ({ tenant }) => tenant },
    { title: 'unit', of: ({ unit }) => unit },
    { title: 'property', of: ({ property }) => property },
    { title: 'name', of: ({ name }) => name },
    { title: 'providers’ ids', of: ({ ids }) => ids.map(({ connection, id }) => `${connection}:${id}`).join(', ') },
  ]);
}

/** Mappings that have to mean `unit` from now on; none where they do already. */
export function linking(unit: string, other: string, mappings: readonly Mapping[]): Mapping[] {
  if (unit === other) throw new Failure('usage', `${unit} cannot be linked to itself`);
  const ofUnits = mappings.filter(({ kind }) => kind === 'unit');
  const moving = ofUnits.filter(({ id }) => id === other);
  if (moving.length > 0 || ofUnits.some(({ id, formerly = [] }) => id === unit && formerly.includes(other))) return moving;
  throw new Failure('refused', `no provider has an id for ${other}: there is nothing to link`, [
    '`roomwire unit ls` shows providers’ ids',
  ]);
}

/** The unit that the provider id gets back; undefined where it has one of its own. */
export function unlinking(mapping: Mapping, mappings: readonly Mapping[]): string | undefined {
  const { connection, entity, id } = mapping;
  const sharing = (unit: string) =>
    mappings.filter(
      (each) => each.kind === 'unit' && each.id === unit && !(each.connection === connection && each.entity === entity),
    );
  if (sharing(id).length === 0) return undefined;
  const own = firstCatalogId('unit', connection, entity);
  const others = sharing(own);
  if (others.length === 0) return own;
  throw new Failure('refused', `${connection}:${entity} would get ${own}, where others are linked to`, [
    'unlink those instead:',
    ...others.map((each) => `roomwire unit unlink ${each.connection} ${each.entity}`),
  ]);
}
