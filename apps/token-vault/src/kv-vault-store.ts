import { randomUUID } from 'node:crypto';
import { BusError, type Bus } from '@roomwire/jetstream';
import { vaultEntry, type VaultEntry } from './core/entry.ts';
import type { Held, VaultStore } from './vault-store.ts';

const STREAM = 'KV_vault';

/**
 * KV bucket `vault` as what it is, a stream with one subject a key: its compare-and-set, and reads from the leader only. Not a
 * KvTable: nothing here is to be kept in memory, and an entry that cannot be read must never pass for one that is not there.
 */
export class KvVaultStore implements VaultStore {
  constructor(private readonly bus: Pick<Bus, 'publish' | 'lastOnLeader'>) {}

  async read(connection: string): Promise<Held> {
    const stored = await this.bus.lastOnLeader(STREAM, subjectOf(connection));
    if (!stored) return { entry: undefined, revision: 0 };
    // A deleted key is an empty message: absent, but written over like any other.
    const entry = stored.data.length === 0 ? undefined : vaultEntry.parse(JSON.parse(new TextDecoder().decode(stored.data)));
    return { entry, revision: stored.seq };
  }

  async write(connection: string, entry: VaultEntry, revision: number): Promise<boolean> {
    try {
      // The id only names this attempt: it must never be taken for an earlier one.
      await this.bus.publish(subjectOf(connection), entry, { id: `vault:${randomUUID()}`, expectLast: revision });
      return true;
    } catch (error) {
      // Ours may have been the write that is in the way, its answer lost: whoever reads again sees what is true.
      if (error instanceof BusError && error.code === 'conflict') return false;
      throw error;
    }
  }
}

function subjectOf(connection: string): string {
  return `$KV.vault.${connection}`;
}
