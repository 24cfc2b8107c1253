/** What is counted instead of being written down each time. `at`: begin of the minute, epoch ms. */
export type Count = {
  at: number;
  operation: string;
  caller: string;
  /** Of a refusal. */
  code?: string;
  tenant?: string;
  counts: Record<string, number>;
};

export const MINUTE_MS = 60_000;
/** Connections that are told apart in one line; what a caller makes up beyond them is counted under `*`. */
const CONNECTIONS_MAX = 2_000;

/** Counts by minute, operation, caller, tenant and connection. */
export class MinuteTally {
  private readonly held = new Map<string, Count>();

  add(
    now: number,
    { connection, ...of }: { operation: string; caller: string; code?: string; tenant?: string; connection?: string },
  ): void {
    const at = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const key = JSON.stringify([at, of.operation, of.caller, of.code, of.tenant]);
    const count = this.held.get(key) ?? { at, ...of, counts: {} };
    this.held.set(key, count);
    const known = connection !== undefined && (connection in count.counts || Object.keys(count.counts).length < CONNECTIONS_MAX);
    const name = known ? connection : '*';
    count.counts[name] = (count.counts[name] ?? 0) + 1;
  }

  /** Takes out the minutes that are over; all of them at the end of a process. */
  take(now: number): Count[] {
    const over = [...this.held].filter(([, { at }]) => at + MINUTE_MS <= now);
    for (const [key] of over) this.held.delete(key);
    return over.map(([, count]) => count);
  }
}
