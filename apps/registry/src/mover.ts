import type { Mapping } from '@roomwire/events';
import type { Log } from '@roomwire/telemetry';
import type { Announcer } from './announcer.ts';
import { tenantOfKey, type Catalogue } from './catalogue.ts';
import { moved } from './core/move.ts';
import { placeOf } from './core/place.ts';
import type { Watched } from './grouped.ts';
import type { Memory } from './memory.ts';
import { parseRecordName, type RecordStore } from './record-store.ts';
import type { RoomDeriver } from './room-deriver.ts';
import { unasked } from './unasked.ts';
import type { UnitStore } from './unit-store.ts';

/** Units looked at per sweep and tenant: first those whose providers' ids have changed, then some of those that ever lost one. */
const CHANGED_AT_ONCE = 200;
const LOOKED_AT_AGAIN = 20;

/**
 * Takes records to where the catalogue says that they stand, after `roomwire unit link` or `unlink`. By level, not by edge: a mapping
 * remembers the units it meant, and whatever stands on one of them by mistake is moved, now or by any later sweep of any replica.
 * So a crash loses nothing, and neither does a replica that still told by the old catalogue.
 */
export class Mover {
  /** `<tenant>/<unit>` */
  private readonly changed = new Set<string>();
  /** The memory of each tenant that was looked through: another one may have been rebuilt from an older STATE. */
  private readonly lookedThrough = new Map<string, string>();
  private readonly turn = new Map<string, number>();
  private readonly stopListening: () => void;

  constructor(
    mappings: Watched<Mapping>,
    private readonly catalogue: Catalogue,
    private readonly memory: Memory,
    private readonly records: RecordStore,
    private readonly units: UnitStore,
    private readonly announcer: Announcer,
    private readonly rooms: RoomDeriver,
    private readonly log: Log,
  ) {
    this.stopListening = mappings.onChange((key, mapping) => {
      if (mapping) this.note(tenantOfKey(key), mapping);
    });
  }

  stop(): void {
    this.stopListening();
  }

  /** @throws {Rewound} @throws {BusError} */
  async sweep(tenant: string): Promise<void> {
    const { epoch } = this.memory.of(tenant);
    if (this.lookedThrough.get(tenant) !== epoch) {
      for (const mapping of this.catalogue.relinked(tenant)) this.note(tenant, mapping);
      this.lookedThrough.set(tenant, epoch);
    }
    for (const key of [...this.changed].filter((each) => each.startsWith(`${tenant}/`)).slice(0, CHANGED_AT_ONCE))
      await this.take(tenant, key);
    for (const unit of this.someAgain(tenant)) await this.empty(tenant, unit);
  }

  private note(tenant: string, { kind, id, formerly = [] }: Mapping): void {
    if (kind === 'unit' && formerly.length > 0) for (const unit of [...formerly, id]) this.changed.add(`${tenant}/${unit}`);
  }

  private async take(tenant: string, key: string): Promise<void> {
    const unit = key.slice(tenant.length + 1);
    // Before the work: what the watch tells meanwhile is another look.
    this.changed.delete(key);
    try {
      await this.empty(tenant, unit);
      if (!(await this.units.room(tenant, unit))) return;
      // A debt before it is paid, and a revision of its own: it may be gone, or back, with nothing that moved.
      await this.units.touch(tenant, unit);
      await this.rooms.derive(tenant, unit, 'booking', unasked(tenant));
    } catch (error) {
      this.changed.add(key);
      throw error;
    }
  }

  /** Units that lost a provider's id, a few of them at a time, round and round. */
  private someAgain(tenant: string): string[] {
    const units = [...new Set(this.catalogue.relinked(tenant).flatMap(({ formerly = [] }) => formerly))];
    const from = this.turn.get(tenant) ?? 0;
    this.turn.set(tenant, from + LOOKED_AT_AGAIN >= units.length ? 0 : from + LOOKED_AT_AGAIN);
    return units.slice(from, from + LOOKED_AT_AGAIN);
  }

  /** Rooms come last, so that readers see a door's records arrive together. */
  private async empty(tenant: string, unit: string): Promise<void> {
    const touched = new Set<string>();
    for (const name of await this.units.recordNames(tenant, unit))
      for (const each of await this.move(tenant, name)) touched.add(each);
    for (const each of touched) await this.rooms.derive(tenant, each, 'booking', unasked(tenant));
  }

  /** The units that it left and came to. */
  private async move(tenant: string, name: string): Promise<string[]> {
    const { connection } = parseRecordName(name);
    const cause = unasked(tenant, this.catalogue.connection(connection)?.provider ?? 'internal');
    for (;;) {
      const stored = await this.records.read(tenant, name);
      const write = stored && moved(stored, placeOf(stored.record, this.catalogue.lookup(tenant)));
      if (!write) return [];
      if (!(await this.records.write(tenant, name, stored, write, cause))) continue;
      await this.announcer.announce(tenant, name, cause);
      this.log.info({ tenant, record: name, units: write.place.units }, 'moved by the catalogue');
      return write.touched;
    }
  }
}
