import type { Connection } from '@roomwire/events';
import { vaultEntry, type VaultEntry } from './core/entry.ts';
import { lookAfterMs } from './core/intent.ts';
import type { Shell } from './shell.ts';
import type { TokenDesk } from './token-desk.ts';

/** Replicas look at different instants, ms. */
const SPREAD_MS = 250;
const AGAIN_MS = 1_000;

/**
 * Sees to entries that wait for somebody although nobody asks for a lease: an intent whose owner is gone, a notice that is owed, a
 * refresh token that may be lost. So each of them ends, or is told, within a bound, and not when the next job comes.
 */
export class Watch {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly shell: Pick<Shell, 'store' | 'now' | 'random' | 'log'>,
    private readonly desk: Pick<TokenDesk, 'see' | 'look'>,
    private readonly find: (id: string) => Promise<Connection | undefined>,
  ) {}

  /** An entry as it is now, as stored. */
  changed(connection: string, data: Uint8Array): void {
    const entry = data.length > 0 ? entryIn(data) : undefined;
    if (entry) this.desk.see(entry);
    this.plan(connection, entry && lookAfterMs(entry, this.shell.now()));
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private plan(connection: string, afterMs: number | undefined): void {
    clearTimeout(this.timers.get(connection));
    this.timers.delete(connection);
    if (afterMs === undefined || this.stopped) return;
    const timer = setTimeout(() => void this.look(connection), afterMs + this.shell.random() * SPREAD_MS);
    this.timers.set(connection, timer.unref());
  }

  private async look(id: string): Promise<void> {
    try {
      const connection = await this.find(id);
      if (!connection) return;
      await this.desk.look(connection);
      // What was changed is told by the stream; what was not is looked at again.
      const { entry } = await this.shell.store.read(id);
      const again = entry && lookAfterMs(entry, this.shell.now());
      this.plan(id, again === undefined ? undefined : Math.max(AGAIN_MS, again));
    } catch (error) {
      this.shell.log.warn({ connection: id, err: error }, 'an entry that waits could not be looked at');
      this.plan(id, AGAIN_MS);
    }
  }
}

/** Undefined for what a newer release wrote: that release sees to it. */
function entryIn(data: Uint8Array): VaultEntry | undefined {
  try {
    return vaultEntry.safeParse(JSON.parse(new TextDecoder().decode(data))).data;
  } catch {
    return undefined;
  }
}
