/** A connection that says nothing for so long is forgotten, milliseconds: its last figure means nothing any more. */
const FORGOTTEN_AFTER_MS = 3_600_000;
/** One figure each: more connections than this are not told apart, but left out. */
const CONNECTIONS_MAX = 2_000;

/** By connection, how long after a provider's own time of a change its webhook came: I6's drift. Two clocks are compared. */
export class Drift {
  private readonly newest = new Map<string, { seconds: number; atMs: number }>();

  /** Epoch milliseconds all three. */
  told(connection: string, receivedAt: number, modifiedAt: number, nowMs: number): void {
    if (!(modifiedAt > 0) || (this.newest.size >= CONNECTIONS_MAX && !this.newest.has(connection))) return;
    this.newest.set(connection, { seconds: (receivedAt - modifiedAt) / 1_000, atMs: nowMs });
  }

  now(nowMs: number): [connection: string, seconds: number][] {
    for (const [connection, { atMs }] of this.newest) if (nowMs - atMs > FORGOTTEN_AFTER_MS) this.newest.delete(connection);
    return [...this.newest].map(([connection, { seconds }]) => [connection, seconds]);
  }
}
