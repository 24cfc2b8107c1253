import type { Connection } from '@roomwire/events';
import type { VaultEntry } from './core/entry.ts';
import { token, type Token } from './core/token.ts';
import { Unopenable, type Keeper } from './keeper.ts';
import { placeOf } from './shell.ts';

/** How far behind the bucket's leader what is remembered may be, ms. Beyond it the leader is asked, as ever. */
export const BEHIND_MS_MAX = 3_000;

type Remembered = { entry: VaultEntry; opened?: Token | undefined };
export type Kept = { entry: VaultEntry; held: Token };

export type MirrorParts = {
  keeper: Pick<Keeper, 'open'>;
  /** The place of the bucket's newest entry, from its leader; 0 where there is none. */
  newest: () => Promise<number>;
  monotonic: () => number;
};

/**
 * The bucket as its stream tells of it. Alone it says nothing: it is worth as much as the leader's word, not long ago, that there was
 * nothing newer than what was told. By a clock that goes on while the process is stopped: who was stopped asks the leader.
 */
export class Mirror {
  private readonly remembered = new Map<string, Remembered>();
  private told = 0;
  private whole = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: MirrorParts) {}

  /** An entry as it is at `seq`; undefined: it was taken away, or is one that this release cannot read. */
  tell(connection: string, entry: VaultEntry | undefined, seq: number): void {
    this.told = Math.max(this.told, seq);
    if (entry) this.remembered.set(connection, { entry });
    else this.remembered.delete(connection);
  }

  /** Nothing of it holds any more: the bucket was made anew. */
  clear(): void {
    this.remembered.clear();
    this.told = 0;
    this.whole = Number.NEGATIVE_INFINITY;
  }

  /** Asks the leader whether all was told. */
  async check(): Promise<void> {
    const asked = this.parts.monotonic();
    if ((await this.parts.newest()) <= this.told) this.whole = asked;
  }

  /** With the token in clear, opened once for each version. Undefined: ask the leader. */
  get(connection: Connection): Kept | undefined {
    if (this.parts.monotonic() - this.whole > BEHIND_MS_MAX) return undefined;
    const found = this.remembered.get(connection.id);
    if (!found?.entry.token || found.entry.tenant !== connection.tenant) return undefined;
    found.opened ??= this.opened(connection, found.entry.token);
    return found.opened && { entry: found.entry, held: found.opened };
  }

  /** Undefined under a key that is not here yet: who reads from the leader fetches it. */
  private opened(connection: Connection, sealed: string): Token | undefined {
    try {
      return token.parse(this.parts.keeper.open(sealed, placeOf(connection, 'token')));
    } catch (error) {
      if (error instanceof Unopenable) return undefined;
      throw error;
    }
  }
}
