/**
 * Who arrived, and when. A webhook arrives with the first change that shows its version of its room or a later one: two updates of one
 * room that follow each other closely may lawfully be shown as one change, and the reader then knows both.
 */
export class Tally {
  /** When it was due, and when it was shown (NaN: not yet), by index; milliseconds on one clock. */
  readonly scheduled: Float64Array;
  readonly arrived: Float64Array;
  /** Arrived with a later version's change. */
  superseded = 0;
  arrivals = 0;
  /** Changes that showed nothing new of what was sent. */
  repeated = 0;
  /** By room: what is under way, in order of version. */
  private readonly underWay = new Map<number, { version: number; index: number }[]>();

  constructor(count: number) {
    this.scheduled = new Float64Array(count).fill(NaN);
    this.arrived = new Float64Array(count).fill(NaN);
  }

  /** Before it is sent; the versions of a room rise. */
  sent(index: number, room: number, version: number, scheduledMs: number): void {
    this.scheduled[index] = scheduledMs;
    const waiting = this.underWay.get(room) ?? [];
    if ((waiting.at(-1)?.version ?? 0) >= version) throw new RangeError(`room ${room}: version ${version} is not later`);
    waiting.push({ version, index });
    this.underWay.set(room, waiting);
  }

  /** Indices that arrived by this change. */
  shown(room: number, version: number, nowMs: number): number[] {
    const waiting = this.underWay.get(room) ?? [];
    const later = waiting.findIndex((each) => each.version > version);
    const come = waiting.splice(0, later < 0 ? waiting.length : later);
    if (come.length === 0) this.repeated++;
    for (const each of come) {
      this.arrived[each.index] = nowMs;
      this.arrivals++;
      if (each.version < version) this.superseded++;
    }
    return come.map(({ index }) => index);
  }

  /** It was refused: it will never arrive by itself. */
  refused(index: number, room: number): void {
    const waiting = this.underWay.get(room) ?? [];
    const at = waiting.findIndex((each) => each.index === index);
    if (at >= 0) waiting.splice(at, 1);
  }

  /** Of those that arrived, milliseconds from the instant at which each was due. */
  latencies(): Float64Array {
    return this.arrived.map((at, index) => at - this.scheduled[index]!).filter((ms) => !Number.isNaN(ms));
  }
}
