import type { Connection } from '@roomwire/events';
import { vaultEntry, type VaultEntry } from './core/entry.ts';
import { lookAfterMs } from './core/intent.ts';
import { idleAfterMs } from './core/keep-alive.ts';
import { idleLifeOf } from './refresher.ts';
import type { Shell } from './shell.ts';
import type { TokenDesk } from './token-desk.ts';

/** Replicas look at different instants, ms. */
const SPREAD_MS = 250;
const AGAIN_MS = 1_000;

type Look = (connection: Connection) => Promise<void>;

/**
 * Sees to entries that wait for somebody although nobody asks for a lease: an intent whose owner is gone, a notice that is owed, a
 * refresh token that may be lost, or that will die of disuse. So each of them ends, or is told, within a bound, and not when the next
 * job comes.
 */
export class Watch {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly shell: Pick<Shell, 'store' | 'now' | 'random' | 'log' | 'operationsOf'>,
    private readonly desk: Pick<TokenDesk, 'see' | 'look' | 'keepAlive'>,
    private readonly find: (id: string) => Promise<Connection | undefined>,
  ) {}

  /** An entry as it is now; undefined where there is none any more. */
  changed(connection: string, entry: VaultEntry | undefined): void {
    if (entry) this.desk.see(entry);
    this.plan(connection, entry);
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private plan(connection: string, entry: VaultEntry | undefined, atLeastMs = 0): void {
    const { now, random } = this.shell;
    const waitsMs = entry && lookAfterMs(entry, now());
    if (waitsMs !== undefined)
      return this.in(Math.max(atLeastMs, waitsMs + random() * SPREAD_MS), connection, (at) => this.desk.look(at));
    const idleMs = entry && idleAfterMs(entry, idleLifeOf(this.shell, entry.provider), now(), random());
    this.in(idleMs === undefined ? undefined : Math.max(atLeastMs, idleMs), connection, (at) => this.desk.keepAlive(at));
  }

  /** In the place of what was planned for it. */
  private in(afterMs: number | undefined, connection: string, look: Look): void {
    clearTimeout(this.timers.get(connection));
    this.timers.delete(connection);
    if (afterMs === undefined || this.stopped) return;
    const timer = setTimeout(() => void this.look(connection, look), afterMs);
    this.timers.set(connection, timer.unref());
  }

  private async look(id: string, look: Look): Promise<void> {
    try {
      const connection = await this.find(id);
      if (!connection) return;
      await look(connection);
      // What was changed is told by the stream; what was not is looked at again.
      const { entry } = await this.shell.store.read(id);
      this.plan(id, entry, AGAIN_MS);
    } catch (error) {
      this.shell.log.warn({ connection: id, err: error }, 'an entry that waits could not be looked at');
      this.in(AGAIN_MS, id, look);
    }
  }
}

/** As stored. Undefined for what a newer release wrote: that release sees to it; and for what was taken away. */
export function entryIn(data: Uint8Array): VaultEntry | undefined {
  if (data.length === 0) return undefined;
  try {
    return vaultEntry.safeParse(JSON.parse(new TextDecoder().decode(data))).data;
  } catch {
    return undefined;
  }
}
