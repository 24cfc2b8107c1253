import { conflictChange, roomChange, parseSubject, type RecordChange } from '@roomwire/events';
import { readState, type NatsConnection, type StoredMessage } from '@roomwire/jetstream';
import { causeOfChange, joinHeard } from './announcer.ts';
import type { Catalogue } from './catalogue.ts';
import { hashOfHeard } from './core/picture.ts';
import { isShelf } from './core/shelf.ts';
import type { Reads } from './reads.ts';
import type { RecordStore } from './record-store.ts';
import type { ShelfStore } from './shelf-store.ts';
import type { UnitStore } from './unit-store.ts';

/** Messages of STATE that are applied at a time: Redis is the bound, not the order (a later one of a subject is known by its sequence). */
const AT_ONCE = 128;

export type Feeding = {
  /** 0: the last message of every subject; else every message after this sequence. */
  after: number;
  /** Nothing is known to be whole: what was known already is taken up all the same, and every room is derived anew. */
  fromNothing: boolean;
  onMessage: () => void;
};
/** `counter`: the highest that the tenant was seen with; `to`: the sequence up to which everything has been fed. */
export type Fed = { counter: number; to: number };

/** Puts what readers have heard into Redis. Idempotent, by any replica, and it joins both ways: what Redis knows more becomes a debt. */
export class Feed {
  constructor(
    private readonly nc: NatsConnection,
    private readonly stores: { records: RecordStore; units: UnitStore; shelves: ShelfStore },
    private readonly catalogue: Pick<Catalogue, 'lookup'>,
    private readonly reads: Pick<Reads, 'afterJoin'>,
  ) {}

  run(tenant: string, { after, fromNothing, onMessage }: Feeding): Promise<Fed> {
    return new Promise<Fed>((resolve, reject) => {
      let running = 0;
      let counter = 0;
      let ended = (): void => undefined;
      /** A promise of each that runs would be raced a hundred thousand times over. */
      const fewerThan = async (count: number): Promise<void> => {
        while (running >= count) await new Promise<void>((resolve) => (ended = resolve));
      };
      let failed = false;
      const fail = (error: unknown): void => {
        failed = true;
        void reader.stop().finally(() => reject(error instanceof Error ? error : new Error(String(error))));
      };
      const following = {
        onMessage: async (message: StoredMessage) => {
          if (failed) return;
          running++;
          void this.restore(tenant, message, fromNothing)
            .then((at) => {
              counter = Math.max(counter, at);
              onMessage();
            })
            .catch(fail)
            .finally(() => {
              running--;
              ended();
            });
          await fewerThan(AT_ONCE);
        },
        onCaughtUp: async (to: number) => {
          await fewerThan(1);
          if (!failed) await reader.stop().finally(() => resolve({ counter, to }));
        },
        onReset: () => undefined,
      };
      const reader = readState(this.nc, tenant, following, after);
    });
  }

  /** The tenant's counter from then on; 0 where nothing was written. */
  private async restore(tenant: string, message: StoredMessage, fromNothing: boolean): Promise<number> {
    const { records, units, shelves } = this.stores;
    const subject = parseSubject(message.subject);
    if (subject?.family !== 'change') return 0;
    const body: unknown = JSON.parse(new TextDecoder().decode(message.data));
    if (subject.kind === 'room') {
      const room = roomChange.parse(body);
      const heard = { room: room.data, revision: room.revision, stateSeq: message.seq, hash: hashOfHeard(room) };
      return units.restore(tenant, heard, fromNothing);
    }
    if (subject.kind === 'conflict') {
      const { revision, data } = conflictChange.parse(body);
      const heard = { state: data, revision, stateSeq: message.seq };
      if (!isShelf(data.place)) await units.markConflict(tenant, heard);
      else {
        await shelves.markConflict(tenant, heard);
        await shelves.touch(tenant, data.place, revision + 1);
      }
      return 0;
    }
    // As wherever our own announcements are read: to check a hundred thousand of them against their schema takes as long as all the rest.
    const heard = body as RecordChange;
    const joined = await joinHeard(records, this.catalogue.lookup(tenant), tenant, heard, message.seq, fromNothing);
    if (!joined) return 0;
    // Two memories may have held two contents under one stamp, neither of them a tie.
    await this.reads.afterJoin(joined.record, causeOfChange(heard));
    return joined.counter;
  }
}
