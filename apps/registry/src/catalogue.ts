import { firstCatalogId, mappingKey, unitKey, type Connection, type Mapping, type Tenant, type Unit } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';
import type { Lookup } from './core/place.ts';
import type { RecordName } from './record-store.ts';

export type Tables = {
  tenants: KvTable<Tenant>;
  connections: KvTable<Connection>;
  /** `<tenant>.map.…` */
  mappings: KvTable<Mapping>;
  /** `<tenant>.unit.…` */
  units: KvTable<Unit>;
};

/** Roomwire's own ids of doors and houses. Ids that are met for the first time are made here, the same by every replica. */
export class Catalogue {
  /** What this process made or looked up and the watch has not brought yet. */
  private readonly fresh = new Map<string, string>();
  private readonly freshUnits = new Map<string, Unit>();

  constructor(private readonly tables: Tables) {}

  tenant(id: string): Tenant | undefined {
    return this.tables.tenants.get(id);
  }

  connection(id: string): Connection | undefined {
    return this.tables.connections.get(id);
  }

  /** Connections of a tenant whose deliveries cannot be trusted to be complete at present. */
  suspects(tenant: string): string[] {
    return [...this.tables.connections.entries()].flatMap(([, c]) =>
      c.tenant === tenant && c.status !== 'active' ? [c.id] : [],
    );
  }

  units(tenant: string): Unit[] {
    const watched = [...this.tables.units.entries()].flatMap(([key, unit]) => (key.startsWith(`${tenant}.unit.`) ? [unit] : []));
    const known = new Set(watched.map((unit) => unit.id));
    const fresh = [...this.freshUnits].flatMap(([key, unit]) =>
      key.startsWith(`${tenant}.unit.`) && !known.has(unit.id) ? [unit] : [],
    );
    return [...watched, ...fresh];
  }

  unit(tenant: string, id: string): Unit | undefined {
    return this.tables.units.get(unitKey(tenant, id)) ?? this.freshUnits.get(unitKey(tenant, id));
  }

  /** The provider records of a property: what its zone and hours are read from. */
  propertyRecords(tenant: string, property: string): RecordName[] {
    return [...this.tables.mappings.entries()].flatMap(([key, m]) =>
      m.kind === 'property' && m.id === property && key.startsWith(`${tenant}.map.`)
        ? [{ kind: 'property', connection: m.connection, entity: m.entity }]
        : [],
    );
  }

  /** A synchronous look-up for the core; undefined where {@link learn} has to be called first. */
  lookup(tenant: string): Lookup {
    return {
      unitsOfProperty: (id) => this.units(tenant).flatMap((unit) => (unit.property === id ? [unit.id] : [])),
      id: (kind, connection, entity) => this.idOf(tenant, kind, this.source(connection), entity),
      propertyOfUnit: (id) => this.unit(tenant, id)?.property,
    };
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
      if (await this.tables.units.create(unitKey(tenant, id), unit)) this.freshUnits.set(unitKey(tenant, id), unit);
      else this.freshUnits.set(unitKey(tenant, id), (await this.tables.units.fromLeader(unitKey(tenant, id))) ?? unit);
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
    return this.tables.mappings.get(key)?.id ?? this.fresh.get(key);
  }

  private async makeMapping(tenant: string, kind: Mapping['kind'], connection: string, entity: string): Promise<string> {
    const key = mappingKey(tenant, kind, connection, entity);
    const id = firstCatalogId(kind, connection, entity);
    const made = await this.tables.mappings.create(key, { kind, connection, entity, id });
    const settled = made ? id : ((await this.tables.mappings.fromLeader(key))?.id ?? id);
    this.fresh.set(key, settled);
    return settled;
  }
}
