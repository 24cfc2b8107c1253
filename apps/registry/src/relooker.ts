import type { Mapping, UnitType } from '@roomwire/events';
import { tenantOfKey, type Catalogue } from './catalogue.ts';
import { salePlace } from './core/shelf.ts';
import type { Watched } from './grouped.ts';
import type { Memory } from './memory.ts';
import type { ShelfStore } from './shelf-store.ts';

/** Has everything looked at again that is sold otherwise since the catalogue was changed: by another number of doors, or linked. */
export class Relooker {
  /** `<tenant>/<id of a unit or unit type>` */
  private readonly changed = new Set<string>();
  /** The memory of each tenant that was looked through: who was away when a link was made has not heard of it. */
  private readonly lookedThrough = new Map<string, string>();
  private readonly stopListening: (() => void)[];

  constructor(
    mappings: Watched<Mapping>,
    types: Watched<UnitType>,
    private readonly catalogue: Catalogue,
    private readonly memory: Memory,
    private readonly shelves: ShelfStore,
  ) {
    this.stopListening = [
      mappings.onChange((key, mapping) => {
        if (mapping) this.note(tenantOfKey(key), mapping);
      }),
      types.onChange((key, type) => {
        if (type) this.changed.add(`${tenantOfKey(key)}/${type.id}`);
      }),
    ];
  }

  stop(): void {
    for (const stop of this.stopListening) stop();
  }

  async sweep(tenant: string): Promise<void> {
    const { epoch } = this.memory.of(tenant);
    if (this.lookedThrough.get(tenant) !== epoch) {
      for (const mapping of this.catalogue.relinked(tenant)) this.note(tenant, mapping);
      this.lookedThrough.set(tenant, epoch);
    }
    for (const key of [...this.changed].filter((each) => each.startsWith(`${tenant}/`))) {
      // Before the work, as the mover does: what the watch tells meanwhile is another look.
      this.changed.delete(key);
      try {
        await this.touch(tenant, key.slice(tenant.length + 1));
      } catch (error) {
        this.changed.add(key);
        throw error;
      }
    }
  }

  private note(tenant: string, { kind, id, formerly = [] }: Mapping): void {
    if (kind === 'unit' && formerly.length > 0) for (const each of [...formerly, id]) this.changed.add(`${tenant}/${each}`);
  }

  private async touch(tenant: string, id: string): Promise<void> {
    for (const { connection, entity } of this.catalogue.sources(tenant, 'unit', id))
      await this.shelves.touchBuckets(tenant, await this.shelves.months(tenant, { connection, unitType: entity }));
    await this.shelves.touch(tenant, salePlace(id));
  }
}
