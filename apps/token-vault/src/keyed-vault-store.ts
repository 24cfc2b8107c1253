import { parseSealed, sealedFieldsOf } from './core/sealed.ts';
import type { VaultEntry } from './core/entry.ts';
import type { KeyCabinet } from './key-cabinet.ts';
import type { Held, VaultStore } from './vault-store.ts';

/**
 * Keeps entries and keys together, whatever other replicas do at the same time. What is read can be opened: a key that this process
 * has not heard of is fetched first. What is written is under keys that are in the ring at that moment: a key is removed only a good
 * while after it was replaced (KEY_GRACE), and by then no write of it can be on its way.
 */
export class KeyedVaultStore implements VaultStore {
  constructor(
    private readonly inner: VaultStore,
    private readonly cabinet: Pick<KeyCabinet, 'refresh' | 'dataKey'>,
  ) {}

  async read(connection: string): Promise<Held> {
    const held = await this.inner.read(connection);
    if (held.entry && keysOf(held.entry).some((id) => !this.cabinet.dataKey(id))) await this.cabinet.refresh();
    return held;
  }

  async write(connection: string, entry: VaultEntry, revision: number): Promise<boolean> {
    const used = keysOf(entry);
    const ring = used.length ? await this.cabinet.refresh() : undefined;
    if (used.some((id) => !ring?.keys.some((key) => key.id === id)))
      throw new Error('sealed under a data key that was removed meanwhile');
    return this.inner.write(connection, entry, revision);
  }
}

/** Data keys that the entry needs. */
function keysOf(entry: VaultEntry): string[] {
  const sealed = sealedFieldsOf(entry).map(({ text }) => parseSealed(text));
  return [...new Set(sealed.flatMap((value) => (value?.version === 'rw2' ? [value.keyId] : [])))];
}
