import { Controller, Get, Headers, Param, Query } from '@nestjs/common';
import { Problem } from '@roomwire/chassis';
import { isAmbiguous, kind, type EntityRecord, type Place, type RoomState } from '@roomwire/events';
import { tenantOfToken } from './api-token.ts';
import type { Catalogue } from './catalogue.ts';
import type { Tables } from './catalogue.ts';
import type { RecordStore } from './record-store.ts';
import type { UnitStore } from './unit-store.ts';

type RoomAnswer = RoomState & { revision: number };
type RecordAnswer = { record: EntityRecord; ambiguous: boolean; revision: number } & Place;

/** The read API: what Roomwire holds of a tenant, now. */
@Controller('v1')
export class ReadController {
  constructor(
    private readonly tables: Tables,
    private readonly catalogue: Catalogue,
    private readonly records: RecordStore,
    private readonly units: UnitStore,
  ) {}

  @Get('rooms')
  async rooms(
    @Headers('authorization') authorization?: string,
    @Query('property') property?: string,
  ): Promise<{ rooms: RoomAnswer[] }> {
    const tenant = await tenantOfToken(authorization, this.tables.tenants);
    const units = this.catalogue.units(tenant.id).filter((unit) => property === undefined || unit.property === property);
    const rooms = await Promise.all(units.map((unit) => this.units.room(tenant.id, unit.id)));
    return {
      rooms: rooms
        .flatMap((found) => (found ? [{ ...found.room, revision: found.revision }] : []))
        .sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    };
  }

  @Get('rooms/:unit')
  async room(@Param('unit') unit: string, @Headers('authorization') authorization?: string): Promise<RoomAnswer> {
    const tenant = await tenantOfToken(authorization, this.tables.tenants);
    const found = this.catalogue.isLeft(tenant.id, unit) ? undefined : await this.units.room(tenant.id, unit);
    if (!found)
      throw new Problem(404, 'not-found', `no room "${unit}": GET /v1/rooms lists those that there are`, { field: 'unit' });
    return { ...found.room, revision: found.revision };
  }

  @Get('records/:kind/:connection/:entity')
  async record(
    @Param('kind') kindText: string,
    @Param('connection') connection: string,
    @Param('entity') entity: string,
    @Headers('authorization') authorization?: string,
  ): Promise<RecordAnswer> {
    const tenant = await tenantOfToken(authorization, this.tables.tenants);
    const parsed = kind.safeParse(kindText);
    if (!parsed.success) throw new Problem(400, 'invalid', `expected one of ${kind.options.join(', ')}`, { field: 'kind' });
    const stored = await this.records.readAnyway(tenant.id, `${parsed.data}/${connection}/${entity}`);
    if (!stored)
      throw new Problem(404, 'not-found', `nothing is known of ${parsed.data} "${entity}" of connection "${connection}"`);
    return { record: stored.record, ambiguous: isAmbiguous(stored.record), revision: stored.revision, ...stored.place };
  }
}
