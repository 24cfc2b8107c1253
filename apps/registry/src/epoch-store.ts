import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { keysOf } from './keys.ts';
import { scriptsOf, type Scripts } from './redis-scripts.ts';
import type { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';

/** A memory as it was found. '' = nobody has named it. `floor`: the sequence of STATE up to which it knows all that was heard. */
export type FoundMemory = { epoch: string; counter: number; floor: number; token: string };

/** A claim that is not said again for so long belongs to somebody who died. */
const CLAIM_MS = 2_000;
/** How often it is to be said again. */
export const CLAIM_EVERY_MS = 500;

/** Which memory of a tenant Redis holds: named last, when STATE has been fed into it, so that no name means "unknown". */
export class EpochStore {
  private readonly scripts: Scripts;
  private readonly me = randomUUID();

  constructor(
    private readonly redis: Redis,
    private readonly memory: Memory,
  ) {
    this.scripts = scriptsOf(redis);
  }

  /** Of those who find a memory wanting one fills it: two would only halve each other's pace. False: another does. To be said again. */
  async claim(tenant: string): Promise<boolean> {
    const { filler } = keysOf(tenant);
    if (await this.redis.set(filler, this.me, 'PX', CLAIM_MS, 'NX')) return true;
    if ((await this.redis.get(filler)) !== this.me) return false;
    await this.redis.pexpire(filler, CLAIM_MS);
    return true;
  }

  async release(tenant: string): Promise<void> {
    const { filler } = keysOf(tenant);
    if ((await this.redis.get(filler)) === this.me) await this.redis.del(filler);
  }

  /** The same memory, but further back than we have seen it, is nobody's any more: it was restored from a snapshot. */
  async begin(tenant: string): Promise<FoundMemory> {
    const { epoch: known, counter: seen } = this.memory.last(tenant);
    const reply = await this.scripts.beginFeed(...this.keys(tenant), known, seen, randomUUID());
    const [epoch, counter, floor, token] = reply as [string, number, string, string];
    return { epoch, counter, floor: Number(floor), token };
  }

  /** False: what was fed went into a memory that is not this one. `counter`: the highest that was seen meanwhile. */
  async end(tenant: string, found: FoundMemory, counter: number, fedTo: number): Promise<boolean> {
    const { epoch, token } = found;
    const reply = await this.scripts.endFeed(...this.keys(tenant), epoch, token, randomUUID(), counter, fedTo);
    const [named, at] = reply as [string?, number?];
    if (named === undefined) return false;
    this.memory.adopt(tenant, named, at!);
    return true;
  }

  /**
   * Declares a memory unknown from its beginning, also to whoever fills it at this moment: it is to be filled with all of STATE. What is
   * in it stays, and is joined with that.
   */
  async disown(tenant: string): Promise<void> {
    const { epoch, floor, filling } = keysOf(tenant);
    await this.redis.del(epoch, floor, filling);
  }

  /** Said after a read: what was found, and what was not, is of a memory that is whole. @throws {Rewound} */
  async requireWhole(tenant: string): Promise<void> {
    const keys = keysOf(tenant);
    const [epoch, counter] = await this.redis.mget(keys.epoch, keys.counter);
    const known = this.memory.of(tenant);
    if (epoch !== known.epoch || Number(counter ?? 0) < known.counter) throw new Rewound(tenant);
    this.memory.saw(tenant, Number(counter));
  }

  /** Notes how far this memory knows what was heard, where this process has anything to add to it. @throws {Rewound} */
  async raiseFloor(tenant: string): Promise<void> {
    const { epoch, counter } = this.memory.of(tenant);
    const marks = this.memory.marksOf(tenant);
    const { highest, candidate = { seq: highest, newestDebt: '' } } = marks;
    if (candidate.seq <= marks.floor) return;
    const keys = keysOf(tenant);
    // Buckets are no debts in this sense: whoever looks at one again learns of what was announced by compare-and-set.
    const head = [keys.epoch, keys.counter, keys.floor, keys.owed, keys.dirty];
    const reply = await this.scripts.raiseFloor(...head, epoch, counter, candidate.seq, candidate.newestDebt);
    const [answer, floor, newestDebt] = reply as [string, number, string];
    if (answer === 'REWOUND') throw new Rewound(tenant);
    marks.floor = floor;
    // The debts that this call saw are those to wait for, of what was marked before it.
    if (floor >= candidate.seq) marks.candidate = highest > floor ? { seq: highest, newestDebt } : undefined;
    else marks.candidate ??= { seq: highest, newestDebt };
  }

  private keys(tenant: string): string[] {
    const { epoch, counter, floor, filling } = keysOf(tenant);
    return [epoch, counter, floor, filling];
  }
}
