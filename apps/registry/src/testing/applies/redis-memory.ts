import type { Redis } from 'ioredis';
import { connectRedis } from '@roomwire/chassis';
import type { Cause } from '@roomwire/events';
import { createLog } from '@roomwire/telemetry';
import { redisServer } from '@roomwire/testkit';
import { decide } from '../../core/decide.ts';
import { standingOf, type Lookup } from '../../core/place.ts';
import { EpochStore } from '../../epoch-store.ts';
import { Memory } from '../../memory.ts';
import { keysOf } from '../../keys.ts';
import { recordName, RecordStore } from '../../record-store.ts';
import { TENANT, Tellings } from './tellings.ts';

/** Commands that leave together while a memory is filled. */
const TOGETHER = 500;

const cause: Cause = {
  ...{ tenant: TENANT, provider: 'hostaway', lane: 'live', receivedAt: '2026-11-21T10:00:00.000Z' },
  receipt: '01234567-89ab-7cde-8f01-23456789abcd',
};
/** Every door is a house of its own, and has its own name for an id: no table is asked. */
const lookup: Lookup = {
  id: (_, __, entity) => entity,
  propertyOfUnit: (unit) => unit,
  unitsOfProperty: (property) => [property],
  source: (connection) => connection,
  houseOf: () => undefined,
};

/** Writes a document where nobody was faster: the least that a store of records must do. */
const BARE = `
if (redis.call('HGET', KEYS[1], 'etag') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'etag', ARGV[2], 'doc', ARGV[3])
return 1`;

type WithBare = Redis & { bare(key: string, expected: number, etag: number, doc: string): Promise<number> };

/** A Redis that holds so many records, written by the registry's own parts. */
export class FilledMemory implements AsyncDisposable {
  bytesPerEntity = NaN;
  private readonly tellings: Tellings;
  private readonly etags: Uint32Array;
  private doc = '';

  private constructor(
    readonly entities: number,
    private readonly redis: WithBare,
    private readonly records: RecordStore,
    private readonly dispose: () => Promise<void>,
  ) {
    this.tellings = new Tellings(entities);
    this.etags = new Uint32Array(entities);
  }

  static async fill(entities: number, say: (line: string) => void): Promise<FilledMemory> {
    const server = await redisServer();
    const redis = await connectRedis(server.url, { log: createLog('applies', 'silent'), role: 'applies' });
    redis.defineCommand('bare', { numberOfKeys: 1, lua: BARE });
    const memory = new Memory();
    const filled = new FilledMemory(entities, redis as WithBare, new RecordStore(redis, memory), async () => {
      redis.disconnect();
      await server[Symbol.asyncDispose]();
    });
    const before = await filled.usedBytes();
    await filled.each('records', say, (index) => filled.first(index));
    filled.bytesPerEntity = ((await filled.usedBytes()) - before) / entities;
    await filled.each('bare documents', say, (index) => filled.bare(index));
    const epochs = new EpochStore(redis, memory);
    const found = await epochs.begin(TENANT);
    await epochs.end(TENANT, found, found.counter, entities);
    return filled;
  }

  /** What a telling does in Redis: read, merge, write with everything that the write marks; again where somebody was faster. */
  async apply(index: number): Promise<void> {
    const told = this.tellings.next(index);
    const name = recordName(told);
    for (;;) {
      const stored = await this.records.readAnyway(TENANT, name);
      const { outcome, write } = decide(stored, told, (record) => standingOf(record, lookup));
      if (!write || outcome !== 'applied') throw new Error(`${name}: ${outcome}`);
      if ((await this.records.write(TENANT, name, stored, write, cause)) !== undefined) return;
    }
  }

  /** A document of the same size, the caller knowing what is there. */
  bare(index: number): Promise<void> {
    return this.writeBare(index, this.doc);
  }

  /** What is left of an apply that decides nothing and marks nothing: the record is read, and its document written bare. */
  async copy(index: number): Promise<void> {
    const stored = await this.records.readAnyway(TENANT, recordName(this.tellings.named(index)));
    if (!stored) throw new Error(`the record of ${index} is gone`);
    await this.writeBare(index, JSON.stringify(stored.record));
  }

  /** As if readers had heard of everything: the debts of a round would otherwise grow without end. */
  async forgetDebts(): Promise<void> {
    const { owed, dirty, causes } = keysOf(TENANT);
    await this.redis.unlink(owed, dirty, causes);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async writeBare(index: number, doc: string): Promise<void> {
    const etag = this.etags[index]!++;
    if ((await this.redis.bare(`bare:${index}`, etag, etag + 1, doc)) !== 1) throw new Error(`bare:${index} was not ${etag}`);
  }

  /** A record that readers have heard of. */
  private async first(index: number): Promise<void> {
    const told = this.tellings.next(index);
    const { write } = decide(undefined, told, (record) => standingOf(record, lookup));
    this.doc = write!.doc;
    const restored = { announced: 1, stateSeq: index + 1 };
    await this.records.write(
      TENANT,
      recordName(told),
      undefined,
      { ...write!, touched: [], touchedBuckets: [] },
      cause,
      restored,
    );
  }

  private async each(what: string, say: (line: string) => void, work: (index: number) => Promise<void>): Promise<void> {
    const step = Math.max(TOGETHER, Math.floor(this.entities / 10 / TOGETHER) * TOGETHER);
    for (let done = 0; done < this.entities; done += TOGETHER) {
      const count = Math.min(TOGETHER, this.entities - done);
      await Promise.all(Array.from({ length: count }, (_, i) => work(done + i)));
      if ((done + count) % step === 0) say(`${what}: ${done + count} of ${this.entities}`);
    }
  }

  private async usedBytes(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await this.redis.info('memory'))![1]);
  }
}
