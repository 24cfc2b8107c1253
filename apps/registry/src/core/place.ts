import {
  contentOf,
  isUnitTypeId,
  type EntityRecord,
  type Place,
  type ReservationCore,
  type ReservationUnits,
} from '@roomwire/events';
import { bucketsOf, waitsForCalendars } from './shelf.ts';

/** The catalogue as the core sees it; undefined = not known yet. */
export type Lookup = {
  /** Of a unit, or of the unit type of several doors that the provider's id means. */
  id(kind: 'property' | 'unit', connection: string, entity: string): string | undefined;
  propertyOfUnit(unit: string): string | undefined;
  unitsOfProperty(property: string): string[];
  /** The connection in whose words the connection names doors. */
  source: (connection: string) => string;
  /** In which house a door is by its name alone, in the provider's words; undefined: its name does not say. */
  houseOf(connection: string, unit: string): string | undefined;
};

/** Where a record stands: in the house, and in buckets ({@link bucketsOf}). */
export type Standing = {
  place: Place;
  buckets: string[];
  /** Its buckets need a look only where the tenant has calendars. */
  waits: boolean;
};

export function standingOf(record: EntityRecord, lookup: Lookup): Standing {
  // A unit may say that it is of no type.
  const unitType = record.kind === 'reservation' ? contentOf<ReservationCore>(record, 'core')?.unitType : undefined;
  const soldAs = unitType === undefined ? undefined : lookup.id('unit', record.connection, unitType);
  return {
    place: placeOf(record, lookup),
    buckets: bucketsOf(record, lookup.source),
    // What is not in the catalogue has doors with names of their own: it is a type, though nobody has told so yet.
    waits: waitsForCalendars(record, soldAs === undefined || isUnitTypeId(soldAs)),
  };
}

/** What a record names in its provider's words: the house, and the doors it touches. */
export type Named = { property: string | undefined; units: string[] };

/**
 * A reservation without assigned units stands on its unit type, and a type that nobody has told to be several doors is one door
 * of the same name (a Hostaway listing). The internal schema names doors directly.
 */
export function namedBy(record: EntityRecord): Named {
  switch (record.kind) {
    case 'reservation': {
      const core = contentOf<ReservationCore>(record, 'core');
      const assigned = contentOf<ReservationUnits>(record, 'units')?.units ?? [];
      // Without its house it stands nowhere, whatever else has told of the doors: or its place would depend on who spoke first.
      if (!core) return { property: undefined, units: [] };
      return { property: core.property, units: assigned.length ? assigned : [core.unitType] };
    }
    case 'unit-type':
      return { property: contentOf<{ property: string }>(record, 'core')?.property, units: [] };
    case 'unit':
      return { property: contentOf<{ property: string }>(record, 'core')?.property, units: [record.entity] };
    case 'unit-status':
    case 'task':
    case 'ticket': {
      const unit = contentOf<{ unit: string | null }>(record, 'core')?.unit;
      return { property: undefined, units: unit ? [unit] : [] };
    }
    case 'property':
      return { property: record.entity, units: [] };
    default:
      return { property: undefined, units: [] };
  }
}

/**
 * Where a record stands, in Roomwire's ids. What the catalogue does not know is left out: learn it first. A door that was linked to
 * another PMS's is in that one's house: the door decides.
 */
export function placeOf(record: EntityRecord, lookup: Lookup): Place {
  const named = namedBy(record);
  const property = named.property === undefined ? undefined : lookup.id('property', record.connection, named.property);
  if (record.kind === 'property')
    return { property: property ?? null, units: property ? lookup.unitsOfProperty(property).sort() : [] };
  const ids = named.units.flatMap((unit) => lookup.id('unit', record.connection, unit) ?? []);
  // Of a type of several doors nobody knows which: until one is assigned, a stay is in no room.
  const units = ids.filter((id) => !isUnitTypeId(id)).sort();
  return { property: (units[0] ? lookup.propertyOfUnit(units[0]) : undefined) ?? property ?? null, units };
}

/**
 * What the catalogue has no ids for yet, in the provider's words: houses, and of each the doors that are not known. A door that is only
 * named (by a cleaner, say) is taken to be where its name alone puts it: most often a house of its own, as a listing is. Of a guest who
 * moves the old doors may be heard of beside the new house: there too the name goes before. A reservation that does not say where it is
 * names nothing.
 */
export function unknownTo(record: EntityRecord, lookup: Lookup): { property: string; units: string[] }[] {
  const { kind, connection } = record;
  const { property, units } = namedBy(record);
  if (kind === 'reservation' && property === undefined) return [];
  const houseOf = (unit: string): string => {
    const named = kind === 'unit' ? property : (lookup.houseOf(connection, unit) ?? property);
    return named ?? unit;
  };
  const unknown = units.filter((unit) => lookup.id('unit', connection, unit) === undefined);
  const houses = Map.groupBy(unknown, houseOf);
  const isNew = property !== undefined && lookup.id('property', connection, property) === undefined;
  if (isNew && !houses.has(property)) houses.set(property, []);
  return [...houses].map(([house, doors]) => ({ property: house, units: doors }));
}
