import { socketKey, type Connection, type SocketState } from '@roomwire/events';
import { BusError, type KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms } from '@roomwire/pms-port';
import { activeOf, Ticking, type ActiveParts } from '../ticking.ts';
import type { Sight } from '../core/sight.ts';
import { isFree, RENEW_MS, sightOf } from './core/tenure.ts';
import type { Fares } from './socket-listener.ts';

type Listening = { fares: Fares; stop: () => Promise<void> };
export type KeeperParts = ActiveParts & {
  sockets: Pick<KvTable<SocketState>, 'get' | 'entryFromLeader' | 'update'>;
  /** Listens for a connection from now on, whatever becomes of it. */
  listen: (connection: Connection, provider: ReturnType<typeof pms>) => Listening;
  /** Of this process, and of no other before or after it. */
  holder: string;
  now: () => number;
  /** Monotonic, ms. */
  elapsed: () => number;
};

type Held = { listening: Listening; connection: Connection; state: SocketState; seq: number; renewed: number };

/**
 * Keeps one socket open for each active connection whose provider has one, in one process of the fleet: who has it says so in KV by
 * compare-and-set, again and again, and whose word stands still has it no more.
 */
export class SocketKeeper extends Ticking {
  private readonly held = new Map<string, Held>();
  private readonly sights = new Map<string, Sight>();

  constructor(private readonly parts: KeeperParts) {
    super();
  }

  /** What this process has is given back, so that another need not wait for it. */
  override async stop(): Promise<void> {
    await super.stop();
    await Promise.all([...this.held.keys()].map((id) => this.giveBack(id)));
  }

  async look(): Promise<void> {
    const wanted = new Map(
      [...activeOf(this.parts)].filter(({ provider }) => adapterOf(provider)?.socket).map((each) => [each.id, each]),
    );
    for (const [id, { connection }] of [...this.held]) if (!isSame(wanted.get(id), connection)) await this.giveBack(id);
    for (const connection of wanted.values()) {
      try {
        await (this.held.has(connection.id) ? this.renew(connection.id) : this.takeIfFree(connection));
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        this.parts.log.warn({ connection: connection.id, reason: error.code }, 'sockets: not now');
        return;
      }
    }
  }

  private async takeIfFree(connection: Connection): Promise<void> {
    const { sockets, now, elapsed, holder, listen } = this.parts;
    const key = socketKey(connection.id);
    const known = sockets.get(key);
    if (known && !this.mayTake(key, known)) return;
    const entry = await sockets.entryFromLeader(key);
    if (entry && !entry.deleted && (!entry.value || !this.mayTake(key, entry.value))) return;
    const { tenant, provider, id } = connection;
    const { openSince = null, closedSince = null } = entry?.value ?? {};
    const state: SocketState = {
      ...{ tenant, provider, connection: id, holder, renewedAt: now(), openSince: null, problem: null },
      closedSince: closedSince ?? (openSince === null ? null : now()),
    };
    const seq = await sockets.update(key, state, entry?.seq ?? 0);
    if (seq === undefined) return;
    const listening = listen(connection, pms(adapterOf(provider)!));
    this.held.set(id, { listening, connection, state, seq, renewed: elapsed() });
  }

  private mayTake(key: string, state: SocketState): boolean {
    const elapsed = this.parts.elapsed();
    const sight = sightOf(this.sights.get(key), state, elapsed);
    this.sights.set(key, sight);
    return isFree(state, sight, elapsed);
  }

  /** In time, and at once where it fares otherwise than the others have been told. */
  private async renew(id: string): Promise<void> {
    const held = this.held.get(id)!;
    const { sockets, now, elapsed } = this.parts;
    const { openSince, problem } = held.listening.fares;
    const isTold = held.state.openSince === openSince && held.state.problem === problem;
    if (isTold && elapsed() - held.renewed < RENEW_MS) return;
    const state = { ...held.state, renewedAt: now(), openSince, problem, closedSince: closedSince(held.state, openSince, now()) };
    const seq = await sockets.update(socketKey(id), state, held.seq);
    if (seq === undefined) return this.lose(id);
    Object.assign(held, { state, seq, renewed: elapsed() });
  }

  /** Somebody else has it. */
  private async lose(id: string): Promise<void> {
    const { listening } = this.held.get(id)!;
    this.held.delete(id);
    await listening.stop();
  }

  private async giveBack(id: string): Promise<void> {
    const { state, seq } = this.held.get(id)!;
    const { sockets, now } = this.parts;
    await this.lose(id);
    const closed = { ...state, holder: null, renewedAt: now(), openSince: null, closedSince: closedSince(state, null, now()) };
    // The broker away: it is had again when its tenure is over.
    await sockets.update(socketKey(id), closed, seq).catch((error: unknown) => {
      if (!(error instanceof BusError)) throw error;
    });
  }
}

/** Where it was never open there is nothing to make up for. */
function closedSince(before: SocketState, openSince: number | null, now: number): number | null {
  if (openSince !== null) return null;
  return before.closedSince ?? (before.openSince === null ? null : now);
}

/** Opened by what a connection says of its provider's address. */
function isSame(wanted: Connection | undefined, held: Connection): boolean {
  return wanted?.baseUrl === held.baseUrl && wanted.tenant === held.tenant;
}
