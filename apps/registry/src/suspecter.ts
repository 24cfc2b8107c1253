import type { Connection } from '@roomwire/events';
import type { Log } from '@roomwire/telemetry';
import { atOnce } from './at-once.ts';
import type { Catalogue } from './catalogue.ts';
import type { Watched } from './grouped.ts';
import type { Memory } from './memory.ts';
import { parseRecordName } from './record-store.ts';
import type { RoomDeriver } from './room-deriver.ts';
import { unasked } from './unasked.ts';
import type { UnitStore } from './unit-store.ts';

const LOOKED_AT_ONCE = 64;
const DERIVED_AT_ONCE = 16;

/**
 * Has rooms say which of their sources do not deliver. By level, not by edge: what a room was told to be is compared with what its
 * connections are, when the watch tells of one, and by every replica once when it attaches to a memory. So a crash loses nothing.
 */
export class Suspecter {
  private readonly changed = new Set<string>();
  /** The memory of each tenant that was looked through. */
  private readonly lookedThrough = new Map<string, string>();
  private readonly stopListening: () => void;

  constructor(
    connections: Watched<Connection>,
    private readonly catalogue: Pick<Catalogue, 'suspects' | 'units'>,
    private readonly memory: Pick<Memory, 'of'>,
    private readonly units: Pick<UnitStore, 'recordNames' | 'room' | 'touch'>,
    private readonly rooms: Pick<RoomDeriver, 'derive'>,
    private readonly log: Log,
  ) {
    this.stopListening = connections.onChange((_, connection) => {
      if (connection) this.changed.add(connection.tenant);
    });
  }

  stop(): void {
    this.stopListening();
  }

  /** @throws {Rewound} @throws {BusError} */
  async sweep(tenant: string): Promise<void> {
    const { epoch } = this.memory.of(tenant);
    // Before the work: what the watch tells meanwhile is another look.
    const isChanged = this.changed.delete(tenant);
    if (!isChanged && this.lookedThrough.get(tenant) === epoch) return;
    try {
      await this.look(tenant);
      this.lookedThrough.set(tenant, epoch);
    } catch (error) {
      this.changed.add(tenant);
      throw error;
    }
  }

  private async look(tenant: string): Promise<void> {
    const suspects = this.catalogue.suspects(tenant);
    const wrong: string[] = [];
    await atOnce(LOOKED_AT_ONCE, this.catalogue.units(tenant), async ({ id }) => {
      const [shown, names] = await Promise.all([this.units.room(tenant, id), this.units.recordNames(tenant, id)]);
      const sources = new Set(names.map((name) => parseRecordName(name).connection));
      const now = suspects.filter((connection) => sources.has(connection)).sort();
      if (shown && shown.room.freshness.suspect.join() !== now.join()) wrong.push(id);
    });
    await atOnce(DERIVED_AT_ONCE, wrong, async (unit) => {
      // A debt before it is paid, under a revision of its own.
      await this.units.touch(tenant, unit);
      await this.rooms.derive(tenant, unit, 'booking', unasked(tenant));
    });
    if (wrong.length > 0) this.log.info({ tenant, suspects, rooms: wrong.length }, 'rooms told by a connection that changed');
  }
}
