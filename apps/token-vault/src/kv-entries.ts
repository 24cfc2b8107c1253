import type { Bus, StoredMessage } from '@roomwire/jetstream';
import { vaultEntry } from './core/entry.ts';
import type { Entries } from './reseal.ts';

/** One token: connections. The ring of data keys has two. */
const SUBJECTS = '$KV.vault.*';

/** From the leader, one after the other: the bucket has a few versions of each connection. */
export function kvEntries(bus: Pick<Bus, 'nextOn'>): Entries {
  return async function* (fromSeq) {
    for (let seq = fromSeq; ;) {
      const stored = await bus.nextOn('KV_vault', SUBJECTS, seq);
      if (!stored) return;
      yield { connection: stored.subject.split('.')[2]!, entry: entryOf(stored), revision: stored.seq };
      seq = stored.seq + 1;
    }
  };
}

/** A deleted key is an empty message. */
function entryOf({ data }: StoredMessage) {
  return data.length === 0 ? undefined : vaultEntry.parse(JSON.parse(new TextDecoder().decode(data)));
}
