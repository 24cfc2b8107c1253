import type { Log } from '@roomwire/telemetry';
import { activeOf, isWorn } from './core/data-keys.ts';
import type { KeyRing } from './core/key-ring.ts';
import type { Figures } from './figures.ts';
import type { Journal } from './journal.ts';
import type { KeyCabinet } from './key-cabinet.ts';
import type { KeyStore } from './key-store.ts';
import { countByKey, reseal, type ResealParts } from './reseal.ts';

export type CaretakerParts = ResealParts & {
  cabinet: KeyCabinet;
  keyStore: Pick<KeyStore, 'seq'>;
  /** The key-encryption keys, if they are others than last time. */
  changedKeks: () => Promise<KeyRing | undefined>;
  /** A replaced data key stays at least so long after this process has seen its successor, ms. */
  graceMs: number;
  journal: Journal;
  figures: Figures;
  log: Log;
};

const TRIES_MAX = 8;

/**
 * What keys need done to them, by level: each look does what is due, whoever asked for it and whoever began it. All replicas look; a
 * compare-and-set decides between them.
 */
export class Caretaker {
  /** Up to there nothing but the active key `under` was found. */
  private walked = { under: '', next: 1 };
  private looking: Promise<void> | undefined;

  constructor(private readonly parts: CaretakerParts) {}

  /** One look at a time. Throws nothing: what could not be done is due at the next. */
  look(): Promise<void> {
    return (this.looking ??= this.once().finally(() => (this.looking = undefined)));
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await this.looking;
  }

  private async once(): Promise<void> {
    const { cabinet, keyStore, changedKeks, log } = this.parts;
    try {
      const keks = await changedKeks();
      if (keks) {
        cabinet.use(keks);
        log.info({ active: keks.active, all: [...keks.keys.keys()] }, 'key-encryption keys were read again');
      }
      const ring = await cabinet.refresh();
      const kek = await cabinet.rewrap();
      if (kek !== undefined) await this.tell('rewrap-keys', kek);
      if (isWorn(ring, await keyStore.seq())) await this.makeKey();
      await this.clear();
    } catch (error) {
      log.warn({ err: error }, 'the keys could not be looked after; again in a moment');
    }
  }

  /** A new data key, whatever else happens to the ring meanwhile: somebody wants it. */
  async rotate(): Promise<string> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const id = await this.makeKey();
      if (id !== undefined) return id;
    }
    throw new Error('the ring of data keys is written by others all the time');
  }

  /** Undefined: another replica changed the ring at this moment. */
  private async makeKey(): Promise<string | undefined> {
    const id = await this.parts.cabinet.rotate();
    if (id !== undefined) await this.tell('rotate-keys', id);
    return id;
  }

  /** Seals anew what is not under the active key, and when nothing is left of the others for long enough, removes them. */
  private async clear(): Promise<void> {
    const { cabinet, graceMs, figures, log } = this.parts;
    const { id } = cabinet.active();
    let toReseal = 0;
    if (this.walked.under !== id) {
      this.walked = { under: id, next: 1 };
      const { values } = await countByKey(this.parts.entries);
      toReseal = [...values].reduce((sum, [key, count]) => sum + (key === id ? 0 : count), 0);
    }
    // Before the walk: a write that began under an old key has ended by then, and is met by the walk.
    const isOver = cabinet.activeForMs() >= graceMs;
    figures.keysHeld({ dataKeys: cabinet.count(), toReseal });
    const walk = await reseal(this.parts, this.walked.next, (values) => figures.resealed(values));
    if (walk.stuck.length) {
      log.error({ connections: walk.stuck }, 'entries that cannot be opened keep old data keys from being removed');
      return;
    }
    this.walked.next = walk.next;
    if (walk.resealed) log.info({ under: id, values: walk.resealed }, 'values were sealed anew under the active data key');
    const ring = await cabinet.refresh();
    if (ring.keys.length === 1 || !isOver || walk.resealed || activeOf(ring).id !== id) return;
    const removed = await cabinet.retire(id);
    figures.keysHeld({ dataKeys: cabinet.count(), toReseal: 0 });
    if (removed)
      await this.tell(
        'remove-keys',
        ring.keys
          .slice(1)
          .map((key) => key.id)
          .join(','),
      );
  }

  private async tell(operation: string, key: string): Promise<void> {
    // Not `key`: the log masks what stands under that name.
    this.parts.log.info({ operation, changed: key }, 'keys were changed');
    await this.parts.journal.audit({ operation, caller: 'token-vault', verdict: 'done', key }, `${operation}:${key}`);
  }
}
