import { BusError, type Bus } from '@roomwire/jetstream';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { entryOf, standingEntry, standingOf, type StandingEntry } from './core/entry.ts';
import { NOTHING, pruned, type Standing } from './core/standing.ts';

const STREAM = 'KV_sync';
const PREFIX = '$KV.sync.';

/** A standing in hand: `seq` is that of the entry that it was read from, or written as. */
export type Held = { key: string; standing: Standing; seq: number };

/**
 * What each target shall be told and was told: bucket `sync`, one key each, written by compare-and-set alone. Not held in memory: a
 * fleet of them is large, and only the leader knows what counts.
 */
export class StandingLedger {
  constructor(private readonly bus: Pick<Bus, 'publish' | 'lastOnLeader'>) {}

  /** @throws {BusError} */
  async read(key: string): Promise<Held> {
    const message = await this.bus.lastOnLeader(STREAM, PREFIX + key);
    if (!message || message.data.length === 0) return { key, standing: NOTHING, seq: message?.seq ?? 0 };
    const parsed = standingEntry.safeParse(JSON.parse(new TextDecoder().decode(message.data)));
    // A newer release wrote it, say: that is not "there is none".
    if (!parsed.success) throw new BusError('unavailable', `the entry "${key}" of bucket sync does not fit its schema`);
    return { key, standing: standingOf(parsed.data), seq: message.seq };
  }

  /** Makes it what `change` makes of it, and what is over leaves. Somebody else wrote meanwhile: of what he wrote. @throws {BusError} */
  async change(held: Held, oldest: string, change: (standing: Standing) => Standing): Promise<void> {
    for (;;) {
      const after = pruned(change(held.standing), oldest);
      if (isDeepStrictEqual(after, held.standing)) return;
      const seq = await this.write(held, entryOf(after));
      if (seq !== undefined) return void Object.assign(held, { standing: after, seq });
      Object.assign(held, await this.read(held.key));
    }
  }

  private async write({ key, seq }: Held, entry: StandingEntry): Promise<number | undefined> {
    try {
      const written = await this.bus.publish(PREFIX + key, entry, { id: `sync:${key}:${randomUUID()}`, expectLast: seq });
      return written.seq;
    } catch (error) {
      if (error instanceof BusError && error.code === 'conflict') return undefined;
      throw error;
    }
  }
}
