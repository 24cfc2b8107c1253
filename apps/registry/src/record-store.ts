import type { Redis } from 'ioredis';
import type { Cause, EntityRecord, Kind, Place } from '@roomwire/events';
import type { StoredRecord, Write } from './core/decide.ts';
import { keysOf } from './keys.ts';
import { redisNow, scriptsOf, type Scripts } from './redis-scripts.ts';
import type { Memory } from './memory.ts';

/** Redis' memory is not the one that this process knew: older, or gone. Nothing may be concluded from it. */
export class Rewound extends Error {
  override readonly name = 'Rewound';
}

const CALENDARS: ReadonlySet<Kind> = new Set(['availability', 'rate']);

export type RecordName = { kind: Kind; connection: string; entity: string };
export const recordName = ({ kind, connection, entity }: RecordName): string => `${kind}/${connection}/${entity}`;

export function parseRecordName(name: string): RecordName {
  const [kind, connection, ...entity] = name.split('/');
  return { kind: kind as Kind, connection: connection!, entity: entity.join('/') };
}

/** A write that bypasses the epoch, and says what readers have heard: only a rebuild from STATE may. */
export type Restored = { announced: number; stateSeq: number };

const FIELDS = ['doc', 'etag', 'revision', 'announced', 'stateSeq', 'place', 'announcedPlace', 'confirmed', 'buckets'];

/** Records in Redis. Every call is one script, so that what is read or written together is so at one instant. */
export class RecordStore {
  private readonly scripts: Scripts;

  constructor(
    private readonly redis: Redis,
    private readonly memory: Memory,
  ) {
    this.scripts = scriptsOf(redis);
  }

  /** @throws {Rewound} */
  async read(tenant: string, name: string): Promise<StoredRecord | undefined> {
    const keys = keysOf(tenant);
    const { epoch, counter } = this.memory.of(tenant);
    const reply = (await this.scripts.readRecord(keys.record(name), keys.epoch, keys.counter, epoch, counter)) as (
      string | null
    )[];
    if (reply[0] === 'REWOUND') throw new Rewound(tenant);
    this.memory.saw(tenant, Number(reply[1]));
    return parseStored(reply.slice(2));
  }

  /**
   * Reads without regard to the epoch, at a fraction of the cost. For a rebuild, and for whoever concludes nothing of it before
   * {@link write} or {@link dirtyOf} has found that the memory is whole.
   */
  async readAnyway(tenant: string, name: string): Promise<StoredRecord | undefined> {
    return parseStored(await this.redis.hmget(keysOf(tenant).record(name), ...FIELDS));
  }

  /** Epoch ms by Redis' clock. */
  nowMs(): Promise<number> {
    return redisNow(this.redis);
  }

  /** Which of the units wait to be derived. @throws {Rewound} */
  async dirtyOf(tenant: string, units: readonly string[]): Promise<string[]> {
    const keys = keysOf(tenant);
    const { epoch, counter } = this.memory.of(tenant);
    const reply = (await this.scripts.dirtyOf(keys.dirty, keys.epoch, keys.counter, epoch, counter, ...units)) as string[];
    if (reply[0] === 'REWOUND') throw new Rewound(tenant);
    this.memory.saw(tenant, Number(reply[1]));
    return reply.slice(2);
  }

  /** Names of a connection's records of a kind, or of every connection's, that come after `after`, in the order of their bytes. */
  async names(
    tenant: string,
    kind: Kind,
    from: { connection?: string | undefined; after?: string | undefined },
    limit: number,
  ): Promise<string[]> {
    const prefix = from.connection === undefined ? `${kind}/` : `${kind}/${from.connection}/`;
    const start = from.after !== undefined && from.after > prefix ? `(${from.after}` : `[${prefix}`;
    return this.redis.zrangebylex(keysOf(tenant).names(kind), start, `(${successorOf(prefix)}`, 'LIMIT', 0, limit);
  }

  /** The tenant's counter from then on; undefined: somebody wrote first, read and decide again. @throws {Rewound} */
  async write(
    tenant: string,
    name: string,
    held: StoredRecord | undefined,
    write: Write,
    cause: Cause,
    restored?: Restored,
  ): Promise<number | undefined> {
    const keys = keysOf(tenant);
    const { kind } = write.record;
    const { epoch, counter } = this.memory.of(tenant);
    const [before, now] = [held?.place.units ?? [], write.place.units];
    const joined = now.filter((unit) => !before.includes(unit));
    const left = before.filter((unit) => !now.includes(unit));
    const reply = (await this.scripts.writeRecord(
      keys.record(name),
      keys.owed,
      keys.dirty,
      keys.causes,
      keys.epoch,
      keys.counter,
      keys.names(kind),
      ...[keys.buckets, keys.bucketsDue, keys.touches, keys.calendars],
      ...[restored ? '' : epoch, counter, held?.etag ?? 0, write.doc, write.revision],
      ...[JSON.stringify(write.place), write.confirmed ? 1 : 0, JSON.stringify(cause), name, keys.unitPrefix],
      ...[restored?.announced ?? '', restored?.stateSeq ?? '', keys.bucketPrefix],
      ...[JSON.stringify(write.buckets), JSON.stringify(held?.buckets ?? []), JSON.stringify(write.touchedBuckets)],
      ...[write.waits ? 1 : 0, CALENDARS.has(kind) ? 1 : 0],
      ...[joined.length, left.length, ...joined, ...left, ...write.touched],
    )) as (string | number)[];
    if (reply[0] === 'REWOUND') throw new Rewound(tenant);
    if (reply[0] !== 'OK') return undefined;
    this.memory.saw(tenant, Number(reply[1]));
    return Number(reply[1]);
  }

  /**
   * Removes a record, and every trace of it. The units that it stood on, which owe a derivation now; undefined: somebody wrote first.
   * @throws {Rewound}
   */
  async forget(tenant: string, name: string, held: StoredRecord, cause: Cause): Promise<string[] | undefined> {
    const keys = keysOf(tenant);
    const { epoch, counter } = this.memory.of(tenant);
    const reply = (await this.scripts.forgetRecord(
      ...[keys.record(name), keys.owed, keys.dirty, keys.causes, keys.epoch, keys.counter],
      ...[keys.names(parseRecordName(name).kind), keys.buckets, keys.bucketsDue, keys.touches],
      ...[epoch, counter, held.etag, name, keys.unitPrefix, JSON.stringify(held.place.units), JSON.stringify(cause)],
      ...[keys.bucketPrefix, JSON.stringify(held.buckets)],
    )) as (string | number)[];
    if (reply[0] === 'REWOUND') throw new Rewound(tenant);
    if (reply[0] !== 'OK') return undefined;
    this.memory.saw(tenant, Number(reply[1]));
    return reply.slice(2) as string[];
  }

  /** The record's subject, thought to end at `stateSeq`, holds nothing: the next announcement begins it anew. */
  async emptied(tenant: string, name: string, stateSeq: number): Promise<void> {
    await this.scripts.emptyState(keysOf(tenant).record(name), stateSeq);
  }

  async causeOf(tenant: string, name: string): Promise<Cause | undefined> {
    const cause = await this.redis.hget(keysOf(tenant).record(name), 'cause');
    return cause ? (JSON.parse(cause) as Cause) : undefined;
  }

  /** False: the memory is not the one that held what was announced. */
  async markAnnounced(tenant: string, name: string, revision: number, stateSeq: number, place: Place): Promise<boolean> {
    const keys = keysOf(tenant);
    const { epoch, counter } = this.memory.of(tenant);
    const head = [keys.record(name), keys.owed, keys.epoch, keys.counter];
    const answer = await this.scripts.markAnnounced(...head, revision, stateSeq, name, JSON.stringify(place), epoch, counter);
    if (answer !== 1) return false;
    this.memory.marked(tenant, stateSeq);
    return true;
  }

  /** Names of records that have owed readers a revision for longer than `ms`, oldest first. */
  async owedFor(tenant: string, ms: number, limit: number): Promise<string[]> {
    return this.redis.zrangebyscore(keysOf(tenant).owed, '-inf', (await redisNow(this.redis)) - ms, 'LIMIT', 0, limit);
  }
}

/** The first text after all that begin with a prefix, which ends in a slash: the next character in ASCII is a zero. */
export const successorOf = (prefix: string): string => `${prefix.slice(0, -1)}0`;

function parseStored(fields: (string | null)[]): StoredRecord | undefined {
  const [doc, etag, revision, announced, stateSeq, place, announcedPlace, confirmed, buckets] = fields;
  if (!doc || !place) return undefined;
  const parsed = JSON.parse(place) as Place;
  return {
    record: JSON.parse(doc) as EntityRecord,
    etag: Number(etag),
    revision: Number(revision),
    announced: Number(announced ?? 0),
    stateSeq: Number(stateSeq ?? 0),
    place: parsed,
    // Most records have never moved.
    announcedPlace: announcedPlace === place ? parsed : announcedPlace ? (JSON.parse(announcedPlace) as Place) : null,
    confirmed: confirmed === '1',
    buckets: buckets ? (JSON.parse(buckets) as string[]) : [],
  };
}
