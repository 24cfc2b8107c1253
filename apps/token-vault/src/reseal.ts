import type { VaultEntry } from './core/entry.ts';
import { parseSealed, sealedFieldsOf } from './core/sealed.ts';
import { Unopenable, type Keeper } from './keeper.ts';
import type { Held, VaultStore } from './vault-store.ts';

/** Every entry of the bucket in the order of writing, from a sequence on; older versions of one too. */
export type Entries = (fromSeq: number) => AsyncIterable<Held & { connection: string }>;

export type ResealParts = { entries: Entries; store: VaultStore; keeper: Pick<Keeper, 'resealed' | 'isCurrent'> };

/** `next`: where a later walk goes on. `resealed` counts values. `stuck`: entries that cannot be opened, and therefore not sealed anew. */
export type Walk = { next: number; resealed: number; stuck: string[] };

/**
 * Seals under the active key what is under another one. Nothing is kept of how far it came: an entry that was done shows it, so
 * any replica may walk, at the same time as others, and after a kill -9 from the start. An entry that is written meanwhile comes again at
 * the end of the bucket, which is where the walk ends.
 */
export async function reseal(parts: ResealParts, fromSeq: number, onSealed: (values: number) => void): Promise<Walk> {
  const walk: Walk = { next: fromSeq, resealed: 0, stuck: [] };
  for await (const { connection, entry, revision } of parts.entries(fromSeq)) {
    walk.next = revision + 1;
    if (!entry || isCurrent(entry, parts.keeper)) continue;
    const done = await resealEntry(parts, connection, revision);
    if (done === 'stuck') walk.stuck.push(connection);
    else walk.resealed += done;
    if (done !== 'stuck' && done > 0) onSealed(done);
  }
  return walk;
}

export const isCurrent = (entry: VaultEntry, keeper: Pick<Keeper, 'isCurrent'>): boolean =>
  sealedFieldsOf(entry).every(({ text }) => keeper.isCurrent(text));

/** How many values it sealed anew. 0: an older version, or written over meanwhile; what is there now comes later. */
async function resealEntry({ store, keeper }: ResealParts, connection: string, revision: number): Promise<number | 'stuck'> {
  const held = await store.read(connection);
  if (!held.entry || held.revision !== revision) return 0;
  try {
    const next = resealedEntry(held.entry, keeper);
    const changed = sealedFieldsOf(held.entry).filter(({ name, text }) => next[name] !== text).length;
    return (await store.write(connection, next, revision)) ? changed : 0;
  } catch (error) {
    if (error instanceof Unopenable) return 'stuck';
    throw error;
  }
}

function resealedEntry(entry: VaultEntry, keeper: Pick<Keeper, 'resealed'>): VaultEntry {
  const { tenant, connection } = entry;
  const fields = sealedFieldsOf(entry).map(({ name, text, field }) => [
    name,
    keeper.resealed(text, { tenant, connection, field }) ?? text,
  ]);
  return { ...entry, ...(Object.fromEntries(fields) as Partial<VaultEntry>) };
}

/** How many connections have a value under each key; `rw1`: under a key of its own. */
export async function countByKey(entries: Entries): Promise<{ connections: number; values: Map<string, number> }> {
  const last = new Map<string, string[]>();
  for await (const { connection, entry } of entries(1))
    last.set(
      connection,
      sealedFieldsOf(entry ?? ({} as VaultEntry)).map(({ text }) => keyOf(text)),
    );
  const values = new Map<string, number>();
  for (const id of [...last.values()].flat()) values.set(id, (values.get(id) ?? 0) + 1);
  return { connections: last.size, values };
}

function keyOf(text: string): string {
  const sealed = parseSealed(text);
  return sealed?.version === 'rw2' ? sealed.keyId : 'rw1';
}
