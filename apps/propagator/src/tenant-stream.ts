import type { Log } from '@roomwire/telemetry';
import { readFacts } from './core/facts.ts';
import { beginningOf, epochOf } from './core/resume.ts';
import { StateTable, type Announced } from './core/table.ts';
import { fanOutSpan } from './fan-out-span.ts';
import type { Figures } from './figures.ts';
import type { StateSource, StoredState } from './state-source.ts';
import type { StreamClient } from './stream-client.ts';

/** What the subject's last message had to be for the broker to store this one. */
const EXPECTED = 'Nats-Expected-Last-Subject-Sequence';

/** The one reader of a tenant's state in this process, and everybody who watches it. */
export class TenantStream {
  readonly tenant: string;
  readonly #clients = new Set<StreamClient>();
  readonly #reading: { stop(): void | Promise<void> };
  readonly #log: Log;
  readonly #figures: Figures;
  #table: StateTable | undefined;
  /** What was read of a stream that is not caught up yet: a place in it has no name before. Undefined while the tail is read. */
  #behind: Announced[] | undefined = [];
  #caughtUp = Promise.withResolvers<void>();
  #lostSince: number | undefined;
  #idleSince: number | undefined;
  #reserved = 0;

  constructor(tenant: string, source: StateSource, parts: { log: Log; figures: Figures; now: number }) {
    this.tenant = tenant;
    this.#log = parts.log;
    this.#figures = parts.figures;
    this.#lostSince = parts.now;
    this.#idleSince = parts.now;
    this.#reading = source(tenant, {
      onMessage: (message) => this.#onMessage(message),
      onCaughtUp: (lastSeq, created) => this.#onCaughtUp(lastSeq, epochOf(tenant, created)),
      onReset: (reason, streamIsNew) => this.#onReset(reason, streamIsNew),
    });
  }

  get clients(): ReadonlySet<StreamClient> {
    return this.#clients;
  }

  get reserved(): number {
    return this.#reserved;
  }

  /** Epoch milliseconds since when what is held may be old; undefined while the tail is read. */
  get lostSince(): number | undefined {
    return this.#lostSince;
  }

  /** Epoch milliseconds since when nobody watches. */
  get idleSince(): number | undefined {
    return this.#idleSince;
  }

  /** Resolves when the tail is read. */
  get live(): Promise<void> {
    return this.#lostSince === undefined ? Promise.resolve() : this.#caughtUp.promise;
  }

  /** The end of what was read, of which creation of the stream; undefined before anything was. */
  get end(): { epoch: string; seq: number } | undefined {
    return this.#table && { epoch: this.#table.epoch, seq: this.#table.lastSeq };
  }

  /** Holds a place, so that nobody who waits for the reader is refused later, and nothing is stopped under them. */
  reserve(): void {
    this.#reserved += 1;
    this.#idleSince = undefined;
  }

  release(now: number): void {
    this.#reserved -= 1;
    if (this.#reserved === 0) this.#idleSince = now;
  }

  /** From here on the client gets every message: nothing may come between reading the table and joining. */
  join(client: StreamClient, token: string | undefined): void {
    const table = this.#table;
    if (!table) throw new Error('join before the reader has caught up');
    client.begin(beginningOf(token, table.epoch, table.lastSeq), table);
    this.#clients.add(client);
  }

  leave(client: StreamClient): void {
    this.#clients.delete(client);
  }

  /** Whoever still waits for the reader waits no longer. */
  async stop(): Promise<void> {
    this.#caughtUp.resolve();
    for (const client of this.#clients) client.end();
    await this.#reading.stop();
  }

  #onMessage(message: StoredState): void {
    const { subject, seq, data } = message;
    const read = readFacts(this.tenant, subject, data);
    if (!read.ok) {
      this.#figures.unreadable();
      this.#log.warn({ tenant: this.tenant, subject, seq, problem: read.problem }, 'announcement left out');
      if (!this.#behind) this.#table?.reach(seq);
      return;
    }
    // The reader's bytes are a view on a larger buffer: what waits is copied, what is told at once need not be.
    const announced = { subject, seq, facts: read.facts, isFirst: message.header?.(EXPECTED) === '0' };
    if (this.#behind) this.#behind.push({ ...announced, json: Uint8Array.from(data) });
    else if (this.#table) this.#tell(this.#table, { ...announced, json: data }, message);
  }

  #onCaughtUp(lastSeq: number, epoch: string): void {
    if (this.#behind) {
      const table = new StateTable(epoch);
      for (const message of this.#behind) table.accept(message);
      this.#table = table;
      this.#behind = undefined;
      // Whoever watched another creation of the stream has to begin again: nothing of this one is a change to them.
      for (const client of this.#clients) client.begin({ kind: 'must-refetch', reason: 'stream-recreated' }, table);
    }
    this.#table?.reach(lastSeq);
    this.#lostSince = undefined;
    this.#caughtUp.resolve();
  }

  /** A reader that only began again repeats nothing and leaves out nothing that the broker has kept. */
  #onReset(reason: string, streamIsNew: boolean): void {
    this.#log.warn({ tenant: this.tenant, reason, streamIsNew }, 'the state is read anew');
    if (!streamIsNew) return;
    this.#behind = [];
    if (this.#lostSince === undefined) this.#caughtUp = Promise.withResolvers();
    this.#lostSince ??= Date.now();
  }

  #tell(table: StateTable, message: Announced, stored: StoredState): void {
    const accepted = table.accept(message);
    if (accepted.kind === 'not-newer') this.#figures.notNewer();
    if (accepted.kind !== 'announce') return;
    const span = fanOutSpan(this.tenant, stored, message.facts, this.#clients.size);
    let written = false;
    for (const client of this.#clients) written = client.tell(accepted.entry) || written;
    if (written) this.#figures.told(message.facts, stored.time?.getTime());
    span?.set({ 'roomwire.written': written });
    span?.end();
  }
}
