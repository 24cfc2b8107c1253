import { contentOf, isGone, type EntityRecord, type UnitCore, type UnitTypeCore } from '@roomwire/events';

/** A provider's unit type as its records tell it. */
export type Doors = {
  /** Several doors that are sold as one thing; else it is a door itself, by the same name. */
  isType: boolean;
  quantity: number;
  /** The provider's id; undefined: nobody told. */
  property: string | undefined;
  name: string;
};

/**
 * A type is a door of the same name (a Hostaway listing) until somebody tells that it is not: by a quantity other than one, or by a
 * unit of another name that is of this type. A told quantity counts more than the units that are known: some may be unknown still.
 */
export function doorsOf(unitType: string, records: readonly EntityRecord[]): Doors {
  const present = records.filter((record) => !isGone(record));
  const told = present.find(({ kind, entity }) => kind === 'unit-type' && entity === unitType);
  const core = contentOf<UnitTypeCore>(told, 'core');
  const units = present.filter((record) => contentOf<UnitCore>(record, 'core')?.unitType === unitType && record.kind === 'unit');
  const quantity = core?.quantity ?? units.length;
  return {
    isType: (core !== undefined && core.quantity !== 1) || units.some(({ entity }) => entity !== unitType),
    quantity,
    property: core?.property ?? contentOf<UnitCore>(firstByName(units), 'core')?.property,
    name: core?.name ?? unitType,
  };
}

function firstByName(records: readonly EntityRecord[]): EntityRecord | undefined {
  return records.toSorted((a, b) => (a.entity < b.entity ? -1 : 1))[0];
}
