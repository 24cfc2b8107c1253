import type { Redis } from 'ioredis';
import type { Cause, EntityRecord, RoomState } from '@roomwire/events';
import { markConflict } from './conflict-store.ts';
import type { HeldConflict } from './core/conflict.ts';
import { keysOf } from './keys.ts';
import { redisNow, scriptsOf, type Scripts } from './redis-scripts.ts';
import type { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';

export type UnitFacts = {
  /** The tenant's counter when this was read: of writes, none before it is missing. */
  counter: number;
  revision: number;
  /** A derivation of an earlier revision has begun and is not known to have ended: it may yet announce what it saw. */
  overtakes: boolean;
  stateSeq: number;
  /** Hash of the room that readers last heard of; '' = none. */
  hash: string;
  asOf: number;
  cause: Cause | undefined;
  records: EntityRecord[];
  property: EntityRecord[];
  /** Those that readers have heard of, settled ones too. */
  conflicts: HeldConflict[];
};

export type Finished = {
  revision: number;
  stateSeq: number;
  hash: string;
  asOf: number;
  /** When it is to be derived again, epoch ms. */
  dueMs: number | null;
  room: RoomState;
  announced: boolean;
  /** The room, or a conflict of it. */
  toldAnything: boolean;
  forget: string[];
};

/** What readers have heard of a room last. */
export type HeardRoom = { room: RoomState; revision: number; stateSeq: number; hash: string };

/** Units in Redis: what their rooms are derived from, and how far readers are. */
export class UnitStore {
  private readonly scripts: Scripts;

  constructor(
    private readonly redis: Redis,
    private readonly memory: Memory,
  ) {
    this.scripts = scriptsOf(redis);
  }

  /** @throws {Rewound} */
  async read(tenant: string, unit: string, propertyRecords: string[]): Promise<UnitFacts> {
    const keys = keysOf(tenant);
    const { epoch, counter } = this.memory.of(tenant);
    const head = [keys.unit(unit), keys.unitRecords(unit), keys.causes, keys.epoch, keys.counter, keys.unitConflicts(unit)];
    const reply = (await this.scripts.readUnit(
      ...head,
      epoch,
      counter,
      unit,
      keys.recordPrefix,
      ...propertyRecords,
    )) as unknown[];
    if (reply[0] === 'REWOUND') throw new Rewound(tenant);
    const [, seen, revision, stateSeq, hash, asOf, cause, docs, property, conflicts, open] = reply;
    this.memory.saw(tenant, Number(seen));
    return {
      counter: Number(seen),
      revision: Number(revision ?? 0),
      overtakes: Number(open) < Number(revision ?? 0),
      stateSeq: Number(stateSeq ?? 0),
      hash: (hash as string | null) ?? '',
      asOf: Number(asOf),
      cause: cause ? (JSON.parse(cause as string) as Cause) : undefined,
      records: (docs as string[]).map((doc) => JSON.parse(doc) as EntityRecord),
      property: (property as string[]).map((doc) => JSON.parse(doc) as EntityRecord),
      conflicts: (conflicts as string[]).map((held) => JSON.parse(held) as HeldConflict),
    };
  }

  /** False: readers have heard what the derivation did not know of, so that it has to be made again. @throws {Rewound} */
  async finish(tenant: string, unit: string, done: Finished): Promise<boolean> {
    const keys = keysOf(tenant);
    const { epoch, counter } = this.memory.of(tenant);
    const answer = await this.scripts.finishUnit(
      ...[keys.unit(unit), keys.dirty, keys.causes, keys.due, keys.unitRecords(unit), keys.epoch, keys.counter],
      ...[unit, done.revision, done.stateSeq, done.hash, done.asOf, done.dueMs ?? ''],
      ...[JSON.stringify(done.room), done.announced ? 1 : 0, done.toldAnything ? 1 : 0, epoch, counter, ...done.forget],
    );
    if (answer === -2) throw new Rewound(tenant);
    if (done.announced) this.memory.marked(tenant, done.stateSeq);
    return answer !== -1;
  }

  /** Names of the records that stand on the unit, but for those that are over. */
  async recordNames(tenant: string, unit: string): Promise<string[]> {
    return this.redis.smembers(keysOf(tenant).unitRecords(unit));
  }

  /** What readers have heard of a conflict of the unit, where nothing later was heard. */
  async markConflict(tenant: string, heard: HeldConflict): Promise<void> {
    await markConflict(this.scripts, tenant, keysOf(tenant).unitConflicts(heard.state.place), heard);
    this.memory.marked(tenant, heard.stateSeq);
  }

  /** Makes the unit owe a derivation under a revision of at least `least`. */
  async touch(tenant: string, unit: string, least = 0, stateSeq?: number): Promise<void> {
    await this.touchScript(tenant, unit, least, stateSeq ?? '', 0);
  }

  /** The same for a timer; false where it is not due by Redis' clock. */
  async touchIfDue(tenant: string, unit: string): Promise<boolean> {
    return (await this.touchScript(tenant, unit, 0, '', 1)) !== 0;
  }

  private touchScript(tenant: string, unit: string, least: number, stateSeq: number | '', onlyIfDue: 0 | 1): Promise<unknown> {
    const keys = keysOf(tenant);
    return this.scripts.touchUnit(keys.unit(unit), keys.dirty, keys.due, keys.counter, unit, least, stateSeq, onlyIfDue);
  }

  async dirtyFor(tenant: string, ms: number, limit: number): Promise<string[]> {
    return this.redis.zrangebyscore(keysOf(tenant).dirty, '-inf', (await redisNow(this.redis)) - ms, 'LIMIT', 0, limit);
  }

  async due(tenant: string, limit: number): Promise<string[]> {
    return this.redis.zrangebyscore(keysOf(tenant).due, '-inf', await redisNow(this.redis), 'LIMIT', 0, limit);
  }

  /** The room as it was last derived; undefined before the first time. */
  async room(tenant: string, unit: string): Promise<{ room: RoomState; revision: number } | undefined> {
    const [room, revision] = await this.redis.hmget(keysOf(tenant).unit(unit), 'room', 'announced');
    return room ? { room: JSON.parse(room) as RoomState, revision: Number(revision ?? 0) } : undefined;
  }

  /**
   * A room that STATE holds: where it was not known, or `anyway`, the next derivation comes later than it. The tenant's counter from
   * then on.
   */
  async restore(tenant: string, heard: HeardRoom, anyway: boolean): Promise<number> {
    const keys = keysOf(tenant);
    const { room, revision, stateSeq, hash } = heard;
    const head = [keys.unit(room.unit), keys.dirty, keys.counter];
    return Number(
      await this.scripts.restoreUnit(...head, ...[room.unit, revision, stateSeq, hash, JSON.stringify(room), anyway ? 1 : 0]),
    );
  }

  /** Units to derive, all of them. */
  async dirty(tenant: string): Promise<string[]> {
    return this.redis.zrangebyscore(keysOf(tenant).dirty, '-inf', '+inf');
  }
}
