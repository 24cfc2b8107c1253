import type { NatsConnection } from '@nats-io/nats-core';
import type { z } from 'zod';
import type { Log } from '@roomwire/telemetry';
import { Bus, BusError, type Published, type StoredMessage } from './bus.ts';
import { follow, type Follower } from './follow.ts';

export type KvTableOptions = {
  /** Only keys that match, as in a subject: `*.unit.*`. */
  filter?: string;
  log?: Log;
};
type Known<T> = { value: T | undefined; seq: number; deleted: boolean };

/**
 * One KV bucket (or a part of it) kept in memory by a watch. `get` is what this process knows; `fromLeader` is what is.
 * Waits for a bucket that was not made yet. An entry that does not fit the schema is logged and passed over: it is nobody's crash.
 */
export class KvTable<T> {
  private readonly bus: Bus;
  private readonly held = new Map<string, T>();
  /** Of what was told last of each key, deletions too: what comes late from another path must not bring back an older value. */
  private readonly seqs = new Map<string, number>();
  /** Held from a bucket that was made anew, and not told again yet. */
  private untold = new Set<string>();
  private readonly listeners = new Set<(key: string, value: T | undefined) => void>();
  private follower: Follower | undefined;
  /** Highest sequence that was told in order, by the watch or by {@link catchUp}. */
  private upTo = 0;
  private readonly prefix: string;

  private constructor(
    nc: NatsConnection,
    private readonly bucket: string,
    private readonly schema: z.ZodType<T>,
    private readonly options: KvTableOptions,
  ) {
    this.bus = new Bus(nc);
    this.prefix = `$KV.${bucket}.`;
  }

  /** Resolves when everything that the bucket holds is in memory. */
  static async open<T>(
    nc: NatsConnection,
    bucket: string,
    schema: z.ZodType<T>,
    options: KvTableOptions = {},
  ): Promise<KvTable<T>> {
    const table = new KvTable(nc, bucket, schema, options);
    await table.watch(nc);
    return table;
  }

  get(key: string): T | undefined {
    return this.held.get(key);
  }

  *entries(): IterableIterator<[string, T]> {
    yield* this.held;
  }

  /** @throws {BusError} `unavailable`: then nobody knows. */
  async fromLeader(key: string): Promise<T | undefined> {
    const entry = await this.entryFromLeader(key);
    // There is one, and we cannot read it (a newer release wrote it, say): that is not "there is none".
    if (entry && !entry.deleted && entry.value === undefined)
      throw new BusError('unavailable', `the entry "${key}" of bucket ${this.bucket} does not fit its schema`);
    return entry?.value;
  }

  /** The same with its sequence, for {@link update}. Not deleted and without a value: it does not fit the schema. */
  async entryFromLeader(key: string): Promise<Known<T> | undefined> {
    const message = await this.bus.lastOnLeader(`KV_${this.bucket}`, this.prefix + key);
    if (!message) return undefined;
    this.told(message);
    const deleted = isDeletion(message);
    return { value: deleted ? undefined : this.parse(key, message), seq: message.seq, deleted };
  }

  /** Everything that the bucket held before this call is in memory when it resolves, however far the watch is. @throws {BusError} */
  async catchUp(): Promise<void> {
    for (;;) {
      const next = await this.bus.nextOn(`KV_${this.bucket}`, this.prefix + (this.options.filter ?? '>'), this.upTo + 1);
      if (!next) return;
      this.toldInOrder(next);
    }
  }

  /** Tells of every change from now on. Returns how to stop listening. */
  onChange(listener: (key: string, value: T | undefined) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** False: there is one already. */
  async create(key: string, value: T): Promise<boolean> {
    const last = await this.entryFromLeader(key);
    if (last && !last.deleted) return false;
    return (await this.update(key, value, last?.seq ?? 0)) !== undefined;
  }

  async put(key: string, value: T): Promise<number> {
    return this.write(key, value);
  }

  /** Compare and set: undefined where somebody wrote after sequence `expected`. */
  async update(key: string, value: T, expected: number): Promise<number | undefined> {
    try {
      return await this.write(key, value, expected);
    } catch (error) {
      if (error instanceof BusError && error.code === 'conflict') return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    const { seq } = await this.publish(key, new Uint8Array(), { headers: { 'KV-Operation': 'DEL' } });
    this.keep(key, undefined, seq);
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await this.follower?.stop();
  }

  private async write(key: string, value: T, expectLast?: number): Promise<number> {
    const parsed = this.schema.parse(value);
    const { seq } = await this.publish(key, parsed, expectLast === undefined ? {} : { expectLast });
    // What this process wrote it knows, without waiting for the watch.
    this.keep(key, parsed, seq);
    return seq;
  }

  private publish(
    key: string,
    body: unknown,
    more: { expectLast?: number; headers?: Record<string, string> },
  ): Promise<Published> {
    return this.bus.publish(this.prefix + key, body, { id: `${this.bucket}:${key}:${crypto.randomUUID()}`, ...more });
  }

  private watch(nc: NatsConnection): Promise<void> {
    return new Promise((resolve) => {
      let reported = false;
      this.follower = follow(nc, `KV_${this.bucket}`, this.prefix + (this.options.filter ?? '>'), {
        onMessage: (message) => this.toldInOrder(message),
        onCaughtUp: () => {
          reported = false;
          this.dropUntold();
          resolve();
        },
        onReset: (reason, isNew) => {
          if (isNew) this.startAnew();
          if (!reported) this.options.log?.warn({ bucket: this.bucket, reason }, 'watching a bucket: will try again');
          reported = true;
        },
      });
    });
  }

  private toldInOrder(message: StoredMessage): void {
    this.told(message);
    this.upTo = Math.max(this.upTo, message.seq);
  }

  private told(message: StoredMessage): void {
    const key = message.subject.slice(this.prefix.length);
    this.untold.delete(key);
    if (isDeletion(message)) return this.keep(key, undefined, message.seq);
    const value = this.parse(key, message);
    if (value !== undefined) this.keep(key, value, message.seq);
  }

  private keep(key: string, value: T | undefined, seq: number): void {
    if ((this.seqs.get(key) ?? 0) >= seq) return;
    this.seqs.set(key, seq);
    if (value !== undefined) this.held.set(key, value);
    else if (!this.held.delete(key)) return;
    this.listeners.forEach((listener) => listener(key, value));
  }

  /** What is held stays until the new bucket has been told: an empty moment would look as if every tenant were gone. */
  private startAnew(): void {
    this.seqs.clear();
    this.upTo = 0;
    this.untold = new Set(this.held.keys());
  }

  private dropUntold(): void {
    for (const key of this.untold) if (this.held.delete(key)) this.listeners.forEach((listener) => listener(key, undefined));
    this.untold.clear();
  }

  private parse(key: string, message: StoredMessage): T | undefined {
    try {
      return this.schema.parse(JSON.parse(new TextDecoder().decode(message.data)));
    } catch (error) {
      this.options.log?.error({ bucket: this.bucket, key, err: error }, 'an entry does not fit its schema and is passed over');
      return undefined;
    }
  }
}

const isDeletion = (message: StoredMessage): boolean => ['DEL', 'PURGE'].includes(message.header('KV-Operation'));
