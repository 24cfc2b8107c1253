import { Conflation } from './conflation.ts';
import type { Filter } from './filter.ts';
import { liveFrame, mustRefetchFrame, snapshotFrame } from './frame.ts';
import { resumeToken, type Beginning, type RefetchReason } from './resume.ts';
import type { Entry, StateTable } from './table.ts';
import { Viewer } from './viewer.ts';

/**
 * What one client is to be sent next, whatever its speed. Everything goes out in ascending sequence, and a waiting message gives
 * way only to a newer one of its subject: so the id of any frame is a point from which the client can resume without gap or repeat.
 */
export class Feed {
  readonly #tenant: string;
  readonly #viewer: Viewer;
  readonly #queue = new Conflation<Entry>();
  #refetch: RefetchReason | undefined;
  /** Where the table ended when the client began; undefined once `live` is out. */
  #liveAt: { epoch: string; seq: number } | undefined;
  #opening: 'snapshot' | 'change' = 'snapshot';

  constructor(tenant: string, filter: Filter) {
    this.#tenant = tenant;
    this.#viewer = new Viewer(filter);
  }

  /** Frames that wait; never more than one per entity. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Also a second time, where the stream under a client was made anew. */
  begin(beginning: Beginning, table: StateTable): void {
    this.#queue.clear();
    this.#refetch = beginning.kind === 'must-refetch' ? beginning.reason : undefined;
    this.#opening = beginning.kind === 'resume' ? 'change' : 'snapshot';
    this.#liveAt = { epoch: table.epoch, seq: table.lastSeq };
    const first =
      beginning.kind === 'resume' ? this.#viewer.since(table.entries(), beginning.after) : this.#viewer.snapshot(table.entries());
    for (const entry of first) this.#queue.offer(entry);
  }

  /** Takes a live message; must be called in ascending sequence. `conflated`: an older one of its entity gave way. */
  offer(entry: Entry): 'not-wanted' | 'queued' | 'conflated' {
    if (!this.#viewer.wants(entry)) return 'not-wanted';
    return this.#queue.offer(entry) ? 'conflated' : 'queued';
  }

  /** The buffers of the next frame, or undefined when the client has everything. */
  next(): readonly Buffer[] | undefined {
    if (this.#refetch) return [mustRefetchFrame(this.#takeRefetch(this.#refetch))];
    const next = this.#queue.peek();
    if (this.#liveAt && (!next || next.seq > this.#liveAt.seq)) return [this.#takeLive(this.#liveAt)];
    if (!next) return undefined;
    this.#queue.take();
    return this.#liveAt && this.#opening === 'snapshot' ? snapshotFrame(next.frame) : [next.frame];
  }

  #takeRefetch(reason: RefetchReason): RefetchReason {
    this.#refetch = undefined;
    return reason;
  }

  #takeLive({ epoch, seq }: { epoch: string; seq: number }): Buffer {
    this.#liveAt = undefined;
    return liveFrame(this.#tenant, resumeToken(epoch, seq));
  }
}
