import { Problem } from '@roomwire/chassis';
import type { EntityRecord, Tenant, Unit } from '@roomwire/events';
import type { Catalogue } from '../catalogue.ts';
import { houseRules } from '../core/room.ts';
import { newestProperty } from '../room-deriver.ts';
import { recordName, type RecordStore } from '../record-store.ts';
import type { UnitStore } from '../unit-store.ts';
import { cursorOf, placeIn } from './core/cursor.ts';
import type { Answer, Asked, OPERATIONS } from './core/operations.ts';
import { partOf, type Part } from './core/page.ts';

type Operations = typeof OPERATIONS;
type Paged = { limit: number; cursor?: string | undefined };

/** Lists of what the catalogue names: it is held in memory whole. */
export class CatalogueLists {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly records: RecordStore,
    private readonly units: UnitStore,
  ) {}

  async properties(tenant: Tenant, asked: Asked<Operations['properties']>): Promise<Answer<Operations['properties']>> {
    const part = page('properties', this.catalogue.properties(tenant.id), (id) => id, asked);
    return { ...part, items: await Promise.all(part.items.map((id) => this.property(tenant, id))) };
  }

  async listUnits({ id: tenant }: Tenant, asked: Asked<Operations['units']>): Promise<Answer<Operations['units']>> {
    const { items, next } = this.pageOfUnits('units', tenant, asked);
    const sources = (id: string) => this.catalogue.sources(tenant, 'unit', id).sort(byName);
    return { items: items.map(({ id, property, name }) => ({ unit: id, property, name, sources: sources(id) })), next };
  }

  /** A unit that has only just been met has no room yet: it is passed over, so a page may be short. */
  async rooms({ id: tenant }: Tenant, asked: Asked<Operations['rooms']>): Promise<Answer<Operations['rooms']>> {
    const { items, next } = this.pageOfUnits('rooms', tenant, asked);
    const rooms = await Promise.all(items.map(({ id }) => this.units.room(tenant, id)));
    return { items: rooms.flatMap((found) => (found ? [{ ...found.room, revision: found.revision }] : [])), next };
  }

  async room({ id: tenant }: Tenant, { unit }: Asked<Operations['room']>): Promise<Answer<Operations['room']>> {
    const found = this.catalogue.isLeft(tenant, unit) ? undefined : await this.units.room(tenant, unit);
    if (!found) throw new Problem(404, 'not-found', `no room "${unit}": GET /v1/rooms lists those that there are`);
    return { ...found.room, revision: found.revision };
  }

  private pageOfUnits(list: string, tenant: string, asked: Paged & { property?: string | undefined }) {
    const { property } = asked;
    const units = property === undefined ? this.catalogue.units(tenant) : this.catalogue.unitsIn(tenant, property);
    return page<Unit>(list, units, ({ id }) => id, asked);
  }

  private async property(
    { id: tenant, defaults }: Tenant,
    id: string,
  ): Promise<Answer<Operations['properties']>['items'][number]> {
    const names = this.catalogue.propertyRecords(tenant, id);
    const held = await Promise.all(names.map((name) => this.records.readAnyway(tenant, recordName(name))));
    const told = newestProperty(held.flatMap((stored): EntityRecord[] => (stored ? [stored.record] : [])));
    return {
      property: id,
      name: told?.name ?? null,
      ...houseRules({ property: told, defaults }),
      units: this.catalogue
        .unitsIn(tenant, id)
        .map((unit) => unit.id)
        .sort(),
      sources: names.map(({ connection, entity }) => ({ connection, entity })).sort(byName),
    };
  }
}

function page<T>(list: string, all: readonly T[], idOf: (one: T) => string, { limit, cursor }: Paged) {
  const { items, last }: Part<T> = partOf(all, idOf, { after: cursor && placeIn(list, cursor), limit });
  return { items, next: last === null ? null : cursorOf(list, last) };
}

type Source = { connection: string; entity: string };
const byName = (a: Source, b: Source): number =>
  a.connection === b.connection ? (a.entity < b.entity ? -1 : 1) : a.connection < b.connection ? -1 : 1;
