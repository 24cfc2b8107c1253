import type { Redis } from 'ioredis';
import type { EntityRecord } from '@roomwire/events';
import { markConflict } from './conflict-store.ts';
import type { HeldConflict } from './core/conflict.ts';
import type { Contested } from './core/contested.ts';
import { bucketName, saleMonths } from './core/shelf.ts';
import { keysOf } from './keys.ts';
import type { Memory } from './memory.ts';
import { Rewound, successorOf } from './record-store.ts';
import { redisNow, scriptsOf, type Scripts } from './redis-scripts.ts';

export type BucketFacts = {
  /** Epoch ms by Redis' clock. */
  asOf: number;
  /** Which look this is: of two at one part the later one counts. */
  look: number;
  /** What touched the bucket last, as it was when this was read. */
  touch: string;
  /** Names of the buckets that were read. */
  members: readonly string[];
  records: EntityRecord[];
  property: EntityRecord[];
};
/** Buckets that need a look at an instant, epoch ms, though nothing touches them. */
export type Again = { at: number; names: readonly string[] };
/** Everything that is known of a place. */
export type KnownOfShelf = { revision: number; found: Contested[]; conflicts: HeldConflict[] };

/** Whoever looks at a bucket has it for so long, ms; then another may. */
const CLAIM_MS = 2000;

/** Buckets in Redis: which records stand in them, which have to be looked at, and what was found. */
export class ShelfStore {
  private readonly scripts: Scripts;

  constructor(
    private readonly redis: Redis,
    private readonly memory: Memory,
  ) {
    this.scripts = scriptsOf(redis);
  }

  /** Names of buckets to look at, those that waited longest first. */
  async due(tenant: string, limit: number): Promise<string[]> {
    return this.redis.zrangebyscore(keysOf(tenant).bucketsDue, '-inf', await redisNow(this.redis), 'LIMIT', 0, limit);
  }

  /** Begins a look at a part of a place, because of one of its buckets. @throws {Rewound} */
  async read(
    tenant: string,
    name: string,
    from: { place: string; part: string; members: readonly string[]; property: readonly string[] },
  ): Promise<BucketFacts> {
    const keys = keysOf(tenant);
    const { epoch, counter } = this.memory.of(tenant);
    const of = [
      keys.shelf(from.place),
      keys.bucketsDue,
      keys.touches,
      keys.epoch,
      keys.counter,
      ...from.members.map(keys.bucket),
    ];
    const reply = (await this.scripts.readBucket(
      of.length,
      ...of,
      ...[epoch, counter, name, from.part, keys.recordPrefix, CLAIM_MS, ...from.property],
    )) as unknown[];
    if (reply[0] === 'REWOUND') throw new Rewound(tenant);
    const [, seen, now, look, touch, docs, property] = reply;
    this.memory.saw(tenant, Number(seen));
    const parsed = (texts: unknown) => (texts as string[]).map((doc) => JSON.parse(doc) as EntityRecord);
    return {
      ...{ asOf: Number(now), look: Number(look), touch: (touch as string | null) ?? '' },
      members: from.members,
      ...{ records: parsed(docs), property: parsed(property) },
    };
  }

  /**
   * Notes what was found in a part; undefined where a later look has begun, which will say it. `parts`: those that the place has,
   * so that what was found in others is forgotten. @throws {Rewound}
   */
  async keep(
    tenant: string,
    { place, part }: { place: string; part: string },
    { look }: Pick<BucketFacts, 'look'>,
    contested: readonly Contested[],
    parts?: readonly string[],
  ): Promise<KnownOfShelf | undefined> {
    const keys = keysOf(tenant);
    const reply = (await this.scripts.keepFound(
      ...[keys.shelf(place), keys.found(place), keys.shelfConflicts(place), keys.epoch],
      ...[this.memory.of(tenant).epoch, part, look, contested.length > 0 ? JSON.stringify(contested) : '', ...(parts ?? ['*'])],
    )) as unknown[];
    if (reply[0] === 'REWOUND') throw new Rewound(tenant);
    if (reply[0] === 'OVERTAKEN') return undefined;
    const [, revision, found, conflicts] = reply;
    return {
      revision: Number(revision),
      found: (found as string[]).flatMap((each) => JSON.parse(each) as Contested[]),
      conflicts: (conflicts as string[]).map((each) => JSON.parse(each) as HeldConflict),
    };
  }

  /**
   * Of records of a place, those that also stand in a bucket where a fact waits for its look, so that not all is known of what they
   * contradict; undefined where somebody has kept more of the place than `known`. Asked once that was kept: a look that ends in
   * between has kept what it found before, or is still waited for.
   */
  async waitingFor(
    tenant: string,
    place: string,
    known: Pick<KnownOfShelf, 'revision'>,
    { members }: Pick<BucketFacts, 'members'>,
    records: readonly string[],
  ): Promise<ReadonlySet<string> | undefined> {
    const keys = keysOf(tenant);
    const asked = [known.revision, keys.recordPrefix, JSON.stringify(members), ...records];
    const reply = (await this.scripts.waitingFor(keys.shelf(place), keys.touches, ...asked)) as [string, string[]];
    return reply[0] === 'OVERTAKEN' ? undefined : new Set(reply[1]);
  }

  /** The bucket needs no look but for what touched it since it was read; `names` need one at `at` (epoch ms). */
  async finish(tenant: string, name: string, { touch }: Pick<BucketFacts, 'touch'>, again?: Again): Promise<void> {
    const keys = keysOf(tenant);
    const told = [this.memory.of(tenant).epoch, name, touch, again?.at ?? 0, ...(again?.names ?? [])];
    await this.scripts.finishBucket(keys.bucketsDue, keys.touches, keys.epoch, ...told);
  }

  async markConflict(tenant: string, heard: HeldConflict): Promise<void> {
    await markConflict(this.scripts, tenant, keysOf(tenant).shelfConflicts(heard.state.place), heard);
    this.memory.marked(tenant, heard.stateSeq);
  }

  /** Makes the place owe a look under a revision of at least `least`. */
  async touch(tenant: string, place: string, least = 0): Promise<void> {
    await this.touchScript(tenant, place, least, [bucketName({ of: 'look', place })]);
  }

  async touchBuckets(tenant: string, names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.touchScript(tenant, 'none', 0, names);
  }

  /** Names of the buckets of all months in which anything is known of what the provider sells as one thing. */
  async months(tenant: string, { connection, unitType }: { connection: string; unitType: string }): Promise<string[]> {
    const prefix = saleMonths(connection, unitType);
    return this.redis.zrangebylex(keysOf(tenant).buckets, `[${prefix}`, `(${successorOf(prefix)}`);
  }

  /** What somebody noted of a place, to know it from what is so now. */
  async noted(tenant: string, place: string): Promise<string | null> {
    return this.redis.hget(keysOf(tenant).shelf(place), 'note');
  }

  async note(tenant: string, place: string, text: string): Promise<void> {
    await this.redis.hset(keysOf(tenant).shelf(place), 'note', text);
  }

  private async touchScript(tenant: string, place: string, least: number, names: readonly string[]): Promise<void> {
    const keys = keysOf(tenant);
    await this.scripts.touchBucket(keys.bucketsDue, keys.touches, keys.counter, keys.shelf(place), least, ...names);
  }
}
