import { dataRing, type DataRing } from './core/data-keys.ts';

/** `revision` 0: nothing was ever there. */
export type HeldRing = { ring: DataRing | undefined; revision: number };

/** Where the ring of data keys is. The contract of reads and writes is that of VaultStore. */
export interface KeyStore {
  read(): Promise<HeldRing>;
  /** False: somebody wrote since. What was there before is not kept: a data key that was removed must not be in a history. */
  write(ring: DataRing, revision: number): Promise<boolean>;
  /** Where the bucket stands: each write of an entry or of the ring counts it up. */
  seq(): Promise<number>;
}

/** The twin in memory, for specs. */
export class MemoryKeyStore implements KeyStore {
  private held: HeldRing = { ring: undefined, revision: 0 };

  async read(): Promise<HeldRing> {
    return this.held;
  }

  async write(ring: DataRing, revision: number): Promise<boolean> {
    if (this.held.revision !== revision) return false;
    this.held = { ring: dataRing.parse(ring), revision: revision + 1 };
    return true;
  }

  async seq(): Promise<number> {
    return this.held.revision;
  }
}
