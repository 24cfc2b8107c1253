import { vaultEntry, type VaultEntry } from './core/entry.ts';

/** `revision` 0: nothing was ever there. */
export type Held = { entry: VaultEntry | undefined; revision: number };

/** Where entries are. A read is never behind a write that was answered; a write is over what was read, or it is not. */
export interface VaultStore {
  read(connection: string): Promise<Held>;
  /** False: somebody wrote since. */
  write(connection: string, entry: VaultEntry, revision: number): Promise<boolean>;
}

/** The twin in memory, for specs. */
export class MemoryVaultStore implements VaultStore {
  private readonly held = new Map<string, { entry: VaultEntry; revision: number }>();
  private seq = 0;

  async read(connection: string): Promise<Held> {
    return this.held.get(connection) ?? { entry: undefined, revision: 0 };
  }

  async write(connection: string, entry: VaultEntry, revision: number): Promise<boolean> {
    if ((this.held.get(connection)?.revision ?? 0) !== revision) return false;
    this.held.delete(connection);
    this.held.set(connection, { entry: vaultEntry.parse(entry), revision: ++this.seq });
    return true;
  }

  /** In the order of writing, without older versions. */
  async *entries(fromSeq: number): AsyncGenerator<Held & { connection: string }> {
    for (const [connection, held] of this.held) if (held.revision >= fromSeq) yield { connection, ...held };
  }
}

const ROUNDS_MAX = 8;

/**
 * Changes an entry by compare-and-set: `change` is asked again over what another replica wrote meanwhile, and answers undefined
 * where there is nothing left to change. Returns the entry as it is then.
 */
export async function amend(
  store: VaultStore,
  connection: string,
  change: (entry: VaultEntry | undefined) => VaultEntry | undefined,
): Promise<VaultEntry | undefined> {
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const { entry, revision } = await store.read(connection);
    const next = change(entry);
    if (!next) return entry;
    if (await store.write(connection, next, revision)) return next;
  }
  throw new Error('the entry is written by others all the time');
}
