import { setTimeout as sleep } from 'node:timers/promises';
import { stateOf, type NatsConnection } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import { atOnce } from './at-once.ts';
import { inWords, paceOf, type Progress } from './core/progress.ts';
import { CLAIM_EVERY_MS, type EpochStore, type FoundMemory } from './epoch-store.ts';
import type { Fed, Feed } from './feed.ts';
import { Rewound } from './record-store.ts';
import type { RoomDeriver } from './room-deriver.ts';
import { unasked } from './unasked.ts';
import type { UnitStore } from './unit-store.ts';

/** Rooms that are derived at a time. */
const DERIVED_AT_ONCE = 32;
const SAID_EVERY_MS = 2_000;
/** Whether another one that fills the memory has done so. */
const LOOKED_EVERY_MS = 50;

type Underway = Omit<Progress, 'elapsedMs'> & { startedAt: number; saidAt: number };

/**
 * Makes Redis' memory of a tenant whole: STATE, the only announced state, is fed into it from where it is known to end. That is from
 * the start where it was wiped, from some seconds or hours ago where it was set back, and nothing at all in quiet times. Every room
 * that this touched is derived anew before the first event is looked at. By any replica; the others wait for it.
 */
export class Rebuild {
  private readonly underway = new Map<string, Underway>();

  constructor(
    private readonly nc: NatsConnection,
    private readonly epochs: EpochStore,
    private readonly feed: Pick<Feed, 'run'>,
    private readonly units: UnitStore,
    private readonly rooms: Pick<RoomDeriver, 'derive'>,
    private readonly log: Log,
  ) {}

  /** Resolves when the memory is whole and this process goes by it. */
  async run(tenant: string): Promise<void> {
    this.start(tenant, 'waiting', 0);
    const claiming = setInterval(() => void this.epochs.claim(tenant).catch(() => undefined), CLAIM_EVERY_MS);
    try {
      while (!(await this.epochs.claim(tenant))) await sleep(LOOKED_EVERY_MS);
      while (!(await this.once(tenant))) this.log.warn({ tenant }, 'redis lost the tenant while it was rebuilt: again');
    } finally {
      clearInterval(claiming);
      this.underway.delete(tenant);
      await this.epochs.release(tenant).catch(() => undefined);
    }
  }

  /** By tenant: how far its rebuild is. */
  progress(): [tenant: string, progress: Progress][] {
    return [...this.underway].map(([tenant, { step, done, total, startedAt }]) => [
      tenant,
      { step, done, total, elapsedMs: performance.now() - startedAt },
    ]);
  }

  /** What this process waits for, by tenant and in words. */
  waits(): Record<string, string> {
    return Object.fromEntries(this.progress().map(([tenant, progress]) => [`tenant ${tenant}`, inWords(progress)]));
  }

  /** False: the memory was lost meanwhile. */
  private async once(tenant: string): Promise<boolean> {
    const found = await this.epochs.begin(tenant);
    const { lastSeq, subjects } = await stateOf(this.nc, tenant);
    if (found.epoch !== '' && lastSeq <= found.floor) return this.epochs.end(tenant, found, found.counter, 0);
    const tail = lastSeq - found.floor;
    // A tail may hold a subject many times: at some length the last message of each is less.
    const isTail = found.floor > 0 && tail <= subjects;
    const total = isTail ? Math.max(0, tail) : subjects;
    const about = { tenant, unknown: found.epoch === '', from: isTail ? found.floor : 0, messages: total };
    this.log[found.floor === 0 ? 'warn' : 'info'](about, 'redis does not hold all of this tenant: feeding it from STATE');
    const started = performance.now();
    const fed = await this.fill(tenant, found, isTail ? found.floor : 0, total);
    if (!(await this.epochs.end(tenant, found, Math.max(fed.counter, found.counter), fed.to))) return false;
    const rooms = await this.derive(tenant);
    if (rooms === undefined) return false;
    const duration_ms = Math.round(performance.now() - started);
    this.log.info({ tenant, messages: total, rooms, duration_ms }, 'rebuilt from STATE');
    return true;
  }

  private fill(tenant: string, { floor }: FoundMemory, after: number, total: number): Promise<Fed> {
    const onMessage = this.start(tenant, 'feeding', total);
    return this.feed.run(tenant, { after, fromNothing: floor === 0, onMessage });
  }

  /** How many were; undefined where the memory was lost meanwhile. What cannot be derived now is the sweep's. */
  private async derive(tenant: string): Promise<number | undefined> {
    const units = await this.units.dirty(tenant);
    const onRoom = this.start(tenant, 'deriving', units.length);
    const cause = unasked(tenant);
    try {
      await atOnce(DERIVED_AT_ONCE, units, async (unit) => {
        try {
          await this.rooms.derive(tenant, unit, 'booking', cause);
        } catch (error) {
          if (error instanceof Rewound) throw error;
          this.log.warn({ tenant, unit, err: error }, 'rebuilding: a room is left to the sweep');
        }
        onRoom();
      });
      return units.length;
    } catch (error) {
      if (error instanceof Rewound) return undefined;
      throw error;
    }
  }

  /** What is called for each that is done. */
  private start(tenant: string, step: Progress['step'], total: number): () => void {
    const startedAt = performance.now();
    const underway: Underway = { step, done: 0, total, startedAt, saidAt: startedAt };
    this.underway.set(tenant, underway);
    return () => {
      underway.done++;
      const now = performance.now();
      if (now - underway.saidAt < SAID_EVERY_MS) return;
      underway.saidAt = now;
      const { done } = underway;
      const { perSecond, leftMs } = paceOf({ step, done, total, elapsedMs: now - startedAt });
      this.log.info({ tenant, step, done, total, per_second: perSecond, left_ms: leftMs }, 'rebuilding');
    };
  }
}
