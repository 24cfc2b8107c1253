import {
  canonicalJson,
  firstCatalogId,
  mappingKey,
  reviewKey,
  remapped,
  unitKey,
  unitTypeId,
  unitTypeKey,
  type Connection,
  type Kind,
  type Mapping,
  type Review,
  type Tenant,
  type Unit,
  type UnitType,
} from '@roomwire/events';
import { adapterOf } from '@roomwire/pms-adapters';
import type { KvTable } from '@roomwire/jetstream';
import type { Doors } from './core/doors.ts';
import type { Lookup } from './core/place.ts';
import { Grouped } from './grouped.ts';
import type { RecordName } from './record-store.ts';

export type Tables = {
  tenants: KvTable<Tenant>;
  connections: KvTable<Connection>;
  /** `<tenant>.map.…` */
  mappings: KvTable<Mapping>;
  /** `<tenant>.unit.…` */
  units: KvTable<Unit>;
  /** `<tenant>.type.…` */
  types: KvTable<UnitType>;
  /** `<tenant>.review.…` */
  reviews: KvTable<Review>;
};

/** With their sequences: 0 = there is none. */
export type TypeEntries = {
  type: { value: UnitType | undefined; seq: number };
  mapping: { value: Mapping | undefined; seq: number };
};

/** Roomwire's own ids of doors and houses. Ids that are met for the first time are made here, the same by every replica. */
export class Catalogue {
  private readonly unitsOfTenant: Grouped<Unit>;
  private readonly unitsOfProperty: Grouped<Unit>;
  private readonly propertiesOfTenant: Grouped<Mapping>;
  private readonly sourcesOf: Grouped<Mapping>;
  private readonly connectionsOfTenant: Grouped<Connection>;
  private readonly leaversOfUnit: Grouped<Mapping>;
  private readonly relinkedOfTenant: Grouped<Mapping>;

  constructor(private readonly tables: Tables) {
    this.unitsOfTenant = new Grouped(tables.units, tenantOfKey);
    this.unitsOfProperty = new Grouped(tables.units, (key, { property }) => `${tenantOfKey(key)}/${property}`);
    this.propertiesOfTenant = new Grouped(tables.mappings, (key, { kind }) =>
      kind === 'property' ? tenantOfKey(key) : undefined,
    );
    this.sourcesOf = new Grouped(tables.mappings, (key, { kind, id }) => `${tenantOfKey(key)}/${kind}/${id}`);
    this.connectionsOfTenant = new Grouped(tables.connections, (_, { tenant }) => tenant);
    this.leaversOfUnit = new Grouped(tables.mappings, (key, mapping) =>
      leftBy(mapping).map((unit) => `${tenantOfKey(key)}/${unit}`),
    );
    this.relinkedOfTenant = new Grouped(tables.mappings, (key, mapping) =>
      leftBy(mapping).length > 0 ? tenantOfKey(key) : undefined,
    );
  }

  tenant(id: string): Tenant | undefined {
    return this.tables.tenants.get(id);
  }

  connection(id: string): Connection | undefined {
    return this.tables.connections.get(id);
  }

  connections(tenant: string): Connection[] {
    return this.connectionsOfTenant.of(tenant);
  }

  /** Connections of a tenant whose deliveries cannot be trusted to be complete at present. */
  suspects(tenant: string): string[] {
    return this.connectionsOfTenant.of(tenant).flatMap(({ id, status }) => (status === 'active' ? [] : [id]));
  }

  /** Whether records of a kind can be read one by one at the connection's provider. */
  isReadable(connection: string, kind: Kind): boolean {
    const provider = this.connection(connection)?.provider;
    return provider !== undefined && adapterOf(provider)?.capabilities.reads.includes(kind) === true;
  }

  /** What somebody decided about a conflict. */
  review(tenant: string, place: string, conflict: string): Review | undefined {
    return this.tables.reviews.get(reviewKey(tenant, place, conflict));
  }

  /** Ids of every house that some record has named. */
  properties(tenant: string): string[] {
    return [...new Set(this.propertiesOfTenant.of(tenant).map(({ id }) => id))];
  }

  /** What providers call a house or a door. */
  sources(tenant: string, kind: Mapping['kind'], id: string): Pick<Mapping, 'connection' | 'entity'>[] {
    return this.sourcesOf.of(`${tenant}/${kind}/${id}`).map(({ connection, entity }) => ({ connection, entity }));
  }

  /** Doors that other replicas have given ids before this call are known when it resolves. @throws {BusError} */
  catchUpOnUnits(): Promise<void> {
    return this.tables.units.catchUp();
  }

  units(tenant: string): Unit[] {
    return this.unitsOfTenant.of(tenant).filter(({ id }) => !this.isLeft(tenant, id));
  }

  /** Providers' ids meant it once, and none does now: its door is another unit's. */
  isLeft(tenant: string, unit: string): boolean {
    return this.leaversOfUnit.of(`${tenant}/${unit}`).length > 0 && this.sourcesOf.of(`${tenant}/unit/${unit}`).length === 0;
  }

  /** Unit mappings of a tenant that meant another unit before. */
  relinked(tenant: string): Mapping[] {
    return this.relinkedOfTenant.of(tenant);
  }

  unitsIn(tenant: string, property: string): Unit[] {
    return this.unitsOfProperty.of(`${tenant}/${property}`).filter(({ id }) => !this.isLeft(tenant, id));
  }

  unit(tenant: string, id: string): Unit | undefined {
    return this.tables.units.get(unitKey(tenant, id));
  }

  /** Of several doors; undefined for one that is a unit. */
  unitType(tenant: string, id: string): UnitType | undefined {
    return this.tables.types.get(unitTypeKey(tenant, id));
  }

  /** What is known of a provider's unit type now, from the leader. */
  async typeEntries(tenant: string, connection: string, unitType: string): Promise<TypeEntries> {
    const [type, mapping] = await Promise.all([
      this.tables.types.entryFromLeader(unitTypeKey(tenant, unitTypeId(connection, unitType))),
      this.tables.mappings.entryFromLeader(mappingKey(tenant, 'unit', connection, unitType)),
    ]);
    return { type: { value: type?.value, seq: type?.seq ?? 0 }, mapping: { value: mapping?.value, seq: mapping?.seq ?? 0 } };
  }

  /**
   * Makes the catalogue say what the doors of a provider's type are. A type that somebody has linked to a unit by hand is that unit.
   * False: somebody else wrote meanwhile, look again.
   */
  async settleType(
    tenant: string,
    { connection, unitType }: { connection: string; unitType: string },
    doors: Doors,
    { type, mapping }: TypeEntries,
  ): Promise<boolean> {
    const [door, id] = [firstCatalogId('unit', connection, unitType), unitTypeId(connection, unitType)];
    const before = mapping.value ?? { kind: 'unit' as const, connection, entity: unitType, id: door };
    if (doors.property === undefined || ![door, id].includes(before.id)) return true;
    if (!doors.isType && before.id === door) return true;
    const property =
      this.idOf(tenant, 'property', connection, doors.property) ?? firstCatalogId('property', connection, doors.property);
    const key = mappingKey(tenant, 'unit', connection, unitType);
    if (!doors.isType) {
      await this.tables.units.create(unitKey(tenant, door), { id: door, property, name: doors.name });
      return (await this.tables.mappings.update(key, remapped(before, door), mapping.seq)) !== undefined;
    }
    const told: UnitType = { id, property, name: doors.name, quantity: doors.quantity };
    const isTold = type.value && canonicalJson(type.value) === canonicalJson(told);
    if (!isTold && (await this.tables.types.update(unitTypeKey(tenant, id), told, type.seq)) === undefined) return false;
    return before.id === id || (await this.tables.mappings.update(key, remapped(before, id), mapping.seq)) !== undefined;
  }

  /** The provider records of a property: what its zone and hours are read from. */
  propertyRecords(tenant: string, property: string): RecordName[] {
    return this.sources(tenant, 'property', property).map((source) => ({ kind: 'property', ...source }));
  }

  /** A synchronous look-up for the core; undefined where {@link learn} has to be called first. */
  lookup(tenant: string): Lookup {
    return {
      unitsOfProperty: (id) => this.unitsIn(tenant, id).map((unit) => unit.id),
      id: (kind, connection, entity) => this.idOf(tenant, kind, this.source(connection), entity),
      propertyOfUnit: (id) => this.unit(tenant, id)?.property,
      source: (connection) => this.source(connection),
      houseOf: (connection, unit) => this.houseOf(connection, unit),
    };
  }

  private houseOf(connection: string, unit: string): string | undefined {
    const named = this.connection(this.source(connection));
    return named && adapterOf(named.provider)?.houseOf?.(unit, named);
  }

  /** Gives unknown doors, and the house they are in, ids of their own. Returns the house where it too was unknown. */
  async learn(
    tenant: string,
    connection: string,
    property: string,
    units: { entity: string; name: string }[],
  ): Promise<RecordName | undefined> {
    const from = this.source(connection);
    const known = this.idOf(tenant, 'property', from, property);
    const propertyId = known ?? (await this.makeMapping(tenant, 'property', from, property));
    for (const { entity, name } of units) {
      const id = firstCatalogId('unit', from, entity);
      const unit: Unit = { id, property: propertyId, name };
      // First the unit, then what leads to it: a mapping never points at nothing.
      await this.tables.units.create(unitKey(tenant, id), unit);
      await this.makeMapping(tenant, 'unit', from, entity);
    }
    return known ? undefined : { kind: 'property', connection: from, entity: property };
  }

  /** Units of an `internal` connection are named in another connection's words. */
  private source(connection: string): string {
    return this.connection(connection)?.unitsOf ?? connection;
  }

  private idOf(tenant: string, kind: Mapping['kind'], connection: string, entity: string): string | undefined {
    const key = mappingKey(tenant, kind, connection, entity);
    return this.tables.mappings.get(key)?.id;
  }

  private async makeMapping(tenant: string, kind: Mapping['kind'], connection: string, entity: string): Promise<string> {
    const key = mappingKey(tenant, kind, connection, entity);
    const id = firstCatalogId(kind, connection, entity);
    // Whoever came first, the table knows it from then on, without waiting for the watch.
    const made = await this.tables.mappings.create(key, { kind, connection, entity, id });
    return made ? id : ((await this.tables.mappings.fromLeader(key))?.id ?? id);
  }
}

/** Keys of the catalogue begin with their tenant, whose ids hold no dot. */
export const tenantOfKey = (key: string): string => key.slice(0, key.indexOf('.'));

const leftBy = ({ kind, formerly = [] }: Mapping): readonly string[] => (kind === 'unit' ? formerly : []);
