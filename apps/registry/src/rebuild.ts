import { conflictChange, recordChange, roomChange, parseSubject, type RecordChange } from '@roomwire/events';
import { readState, type NatsConnection, type StoredMessage } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import { causeOfChange, joinHeard } from './announcer.ts';
import type { Catalogue } from './catalogue.ts';
import { hashOfHeard } from './core/picture.ts';
import { isShelf } from './core/shelf.ts';
import type { EpochStore } from './epoch-store.ts';
import type { Reads } from './reads.ts';
import type { RecordStore } from './record-store.ts';
import type { ShelfStore } from './shelf-store.ts';
import type { UnitStore } from './unit-store.ts';

/** Messages of STATE that are applied at a time: Redis is the bound, not the order (every subject comes once). */
const AT_ONCE = 32;

/**
 * Fills Redis from STATE, the only announced state. Idempotent, by any replica, and it joins both ways: what Redis still knew and
 * STATE did not hear becomes a debt. Every unit that STATE or a record names is derived anew afterwards.
 */
export class Rebuild {
  constructor(
    private readonly nc: NatsConnection,
    private readonly epochs: EpochStore,
    private readonly records: RecordStore,
    private readonly units: UnitStore,
    private readonly shelves: ShelfStore,
    private readonly catalogue: Pick<Catalogue, 'lookup'>,
    private readonly reads: Pick<Reads, 'afterJoin'>,
    private readonly log: Log,
  ) {}

  async run(tenant: string): Promise<void> {
    const started = performance.now();
    this.log.warn({ tenant }, 'redis does not hold this tenant: rebuilding from STATE');
    const messages = await this.feed(tenant);
    await this.epochs.begin(tenant);
    this.log.info({ tenant, messages, duration_ms: Math.round(performance.now() - started) }, 'rebuilt from STATE');
  }

  private feed(tenant: string): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      const running = new Set<Promise<void>>();
      let count = 0;
      let failed = false;
      const fail = (error: unknown): void => {
        failed = true;
        void reader.stop().finally(() => reject(error instanceof Error ? error : new Error(String(error))));
      };
      const reader = readState(this.nc, tenant, {
        onMessage: async (message) => {
          if (failed) return;
          const work: Promise<void> = this.restore(tenant, message)
            .catch(fail)
            .finally(() => running.delete(work));
          running.add(work);
          if (++count % 1000 === 0) this.log.info({ tenant, messages: count }, 'rebuilding');
          if (running.size >= AT_ONCE) await Promise.race(running);
        },
        onCaughtUp: async () => {
          await Promise.all(running);
          if (!failed) await reader.stop().finally(() => resolve(count));
        },
        onReset: () => undefined,
      });
    });
  }

  private async restore(tenant: string, message: StoredMessage): Promise<void> {
    const subject = parseSubject(message.subject);
    if (subject?.family !== 'change') return;
    const body: unknown = JSON.parse(new TextDecoder().decode(message.data));
    if (subject.kind === 'room') {
      const room = roomChange.parse(body);
      return this.units.restore(tenant, room.data.unit, room.revision, message.seq, room.data, hashOfHeard(room));
    }
    if (subject.kind === 'conflict') {
      const { revision, data } = conflictChange.parse(body);
      const heard = { state: data, revision, stateSeq: message.seq };
      if (!isShelf(data.place)) return this.units.markConflict(tenant, heard);
      await this.shelves.markConflict(tenant, heard);
      return this.shelves.touch(tenant, data.place, revision + 1);
    }
    const heard = recordChange.parse(body) as RecordChange;
    const record = await joinHeard(this.records, this.catalogue.lookup(tenant), tenant, heard, message.seq);
    // Two memories may have held two contents under one stamp, neither of them a tie.
    await this.reads.afterJoin(record, causeOfChange(heard));
  }
}
