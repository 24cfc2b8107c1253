/** More delayed naks than this of one consumer wait as stored copies instead: they would fill `max_ack_pending` (trap 26). */
const MANY = 100;

/** Counts the delayed naks of this process that the broker still holds as pending, by tenant and consumer. */
export class WaitingNaks {
  private readonly until = new Map<string, number[]>();

  add(tenant: string, stage: string, untilMs: number): void {
    const key = `${tenant}/${stage}`;
    this.until.set(key, [...(this.until.get(key) ?? []), untilMs]);
  }

  areMany(tenant: string, stage: string, nowMs: number): boolean {
    const key = `${tenant}/${stage}`;
    const known = this.until.get(key);
    if (!known) return false;
    const waiting = known.filter((untilMs) => untilMs > nowMs);
    if (waiting.length) this.until.set(key, waiting);
    else this.until.delete(key);
    return waiting.length >= MANY;
  }
}
