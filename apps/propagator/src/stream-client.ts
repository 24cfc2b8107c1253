import type { Feed } from './core/feed.ts';
import { GREETING, HEARTBEAT } from './core/frame.ts';
import type { Beginning } from './core/resume.ts';
import type { Entry, StateTable } from './core/table.ts';
import type { Figures } from './figures.ts';

/** What of node's ServerResponse a client needs. */
export type Outlet = {
  write(chunk: Uint8Array): boolean;
  end(): void;
  destroy(): void;
  on(event: 'drain' | 'close' | 'error', listener: () => void): void;
};

/** Bytes joined into one write while a client catches up; also where the socket's own buffer begins to push back. */
const BATCH_BYTES = 64 * 1024;
/** A client that has taken nothing for so long is cut off; its resume token brings it back without loss. */
const STALLED_MS = 300_000;

/** One connected client: hands the feed's frames to the socket as fast as that takes them, and no faster. */
export class StreamClient {
  /** Which API token opened it: withdrawn with that token. */
  readonly credential: string;
  readonly closed: Promise<void>;
  readonly #outlet: Outlet;
  readonly #feed: Feed;
  readonly #figures: Figures;
  #blockedSince: number | undefined;
  #open = true;

  constructor(outlet: Outlet, feed: Feed, credential: string, figures: Figures) {
    this.#outlet = outlet;
    this.#feed = feed;
    this.#figures = figures;
    this.credential = credential;
    this.closed = new Promise((resolve) => outlet.on('close', () => resolve(this.#stop())));
    outlet.on('error', () => outlet.destroy());
    outlet.on('drain', () => {
      this.#blockedSince = undefined;
      this.#pump();
    });
  }

  /** Frames that wait for the client. */
  get waiting(): number {
    return this.#feed.waiting;
  }

  greet(): void {
    this.#write(GREETING);
  }

  begin(beginning: Beginning, table: StateTable): void {
    this.#feed.begin(beginning, table);
    this.#pump();
  }

  /** Written before this returns, unless the client is slow. True where it was written. */
  tell(entry: Entry): boolean {
    const offered = this.#feed.offer(entry);
    if (offered === 'not-wanted') return false;
    if (offered === 'conflated') this.#figures.conflated();
    const slow = this.#blockedSince !== undefined;
    this.#pump();
    return !slow;
  }

  /** A slow client has bytes under way and needs none. */
  heartbeat(now: number): void {
    if (this.#blockedSince === undefined) this.#write(HEARTBEAT);
    else if (now - this.#blockedSince > STALLED_MS) this.#outlet.destroy();
  }

  /** The client reconnects, here or elsewhere, and resumes. */
  end(): void {
    const blocked = this.#blockedSince !== undefined;
    this.#stop();
    this.#outlet.end();
    if (blocked) this.#outlet.destroy();
  }

  #pump(): void {
    while (this.#open && this.#blockedSince === undefined) {
      const batch = this.#batch();
      if (!batch) return;
      this.#write(batch);
    }
  }

  #batch(): Uint8Array | undefined {
    const buffers: Uint8Array[] = [];
    let bytes = 0;
    for (let frame = this.#feed.next(); frame; frame = bytes < BATCH_BYTES ? this.#feed.next() : undefined) {
      buffers.push(...frame);
      bytes += frame.reduce((sum, part) => sum + part.length, 0);
      this.#figures.sent();
    }
    return buffers.length > 1 ? Buffer.concat(buffers, bytes) : buffers[0];
  }

  #write(bytes: Uint8Array): void {
    if (this.#open && !this.#outlet.write(bytes)) this.#blockedSince ??= Date.now();
  }

  #stop(): void {
    this.#open = false;
  }
}
