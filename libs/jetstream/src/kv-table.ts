import type { NatsConnection } from '@nats-io/nats-core';
import type { z } from 'zod';
import type { Log } from '@roomwire/telemetry';
import { Bus, BusError, type StoredMessage } from './bus.ts';
import { follow, type Follower } from './follow.ts';

export type KvTableOptions = {
  /** Only keys that match, as in a subject: `*.unit.*`. */
  filter?: string;
  log?: Log;
};
type Entry<T> = { value: T; seq: number };

/**
 * One KV bucket (or a part of it) kept in memory by a watch. `get` is what this process knows; `fromLeader` is what is.
 * Waits for a bucket that was not made yet. An entry that does not fit the schema is logged and passed over: it is nobody's crash.
 */
export class KvTable<T> {
  private readonly bus: Bus;
  private readonly held = new Map<string, Entry<T>>();
  private readonly listeners = new Set<(key: string, value: T | undefined) => void>();
  private follower: Follower | undefined;
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
  static async open<T>(nc: NatsConnection, bucket: string, schema: z.ZodType<T>, options: KvTableOptions = {}): Promise<KvTable<T>> {
    const table = new KvTable(nc, bucket, schema, options);
    await table.watch(nc);
    return table;
  }

  get(key: string): T | undefined {
    return this.held.get(key)?.value;
  }

  *entries(): IterableIterator<[string, T]> {
    for (const [key, { value }] of this.held) yield [key, value];
  }

  /** @throws {BusError} `unavailable`: then nobody knows. */
  async fromLeader(key: string): Promise<T | undefined> {
    return (await this.entryFromLeader(key))?.value;
  }

  /** The same with its sequence, for {@link update}. */
  async entryFromLeader(key: string): Promise<{ value: T | undefined; seq: number } | undefined> {
    const message = await this.bus.lastOnLeader(`KV_${this.bucket}`, this.prefix + key);
    if (!message) return undefined;
    this.told(message);
    return { value: isDeletion(message) ? undefined : this.parse(key, message), seq: message.seq };
  }

  /** Tells of every change from now on. Returns how to stop listening. */
  onChange(listener: (key: string, value: T | undefined) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** False: there is one already. */
  async create(key: string, value: T): Promise<boolean> {
    const last = await this.entryFromLeader(key);
    if (last?.value !== undefined) return false;
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

  async close(): Promise<void> {
    this.listeners.clear();
    await this.follower?.stop();
  }

  private async write(key: string, value: T, expectLast?: number): Promise<number> {
    const parsed = this.schema.parse(value);
    const id = `${this.bucket}:${key}:${crypto.randomUUID()}`;
    const { seq } = await this.bus.publish(this.prefix + key, parsed, { id, ...(expectLast === undefined ? {} : { expectLast }) });
    // What this process wrote it knows, without waiting for the watch.
    this.keep(key, parsed, seq);
    return seq;
  }

  private watch(nc: NatsConnection): Promise<void> {
    return new Promise((resolve) => {
      let reported = false;
      this.follower = follow(nc, `KV_${this.bucket}`, this.prefix + (this.options.filter ?? '>'), {
        onMessage: (message) => this.told(message),
        onCaughtUp: () => resolve(),
        onReset: (reason, isNew) => {
          if (isNew) this.held.clear();
          if (!reported) this.options.log?.warn({ bucket: this.bucket, reason }, 'watching a bucket: will try again');
          reported = true;
        },
      });
    });
  }

  private told(message: StoredMessage): void {
    const key = message.subject.slice(this.prefix.length);
    if ((this.held.get(key)?.seq ?? 0) >= message.seq) return;
    if (isDeletion(message)) {
      if (this.held.delete(key)) this.listeners.forEach((listener) => listener(key, undefined));
      return;
    }
    const value = this.parse(key, message);
    if (value !== undefined) this.keep(key, value, message.seq);
  }

  private keep(key: string, value: T, seq: number): void {
    if ((this.held.get(key)?.seq ?? 0) >= seq) return;
    this.held.set(key, { value, seq });
    this.listeners.forEach((listener) => listener(key, value));
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
