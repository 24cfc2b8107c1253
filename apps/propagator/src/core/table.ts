import type { ChangeFacts } from './facts.ts';
import { changeFrame } from './frame.ts';
import { resumeToken } from './resume.ts';

/** A message of the stream as the reader gives it, parsed. */
export type Announced = {
  subject: string;
  seq: number;
  facts: ChangeFacts;
  json: Uint8Array;
  /** The broker took it for the first of its subject: what was there before has been forgotten, and its revisions begin anew. */
  isFirst: boolean;
};

/** The newest message of a subject, formatted once for all clients. */
export type Entry = {
  subject: string;
  seq: number;
  facts: ChangeFacts;
  frame: Buffer;
};

export type Acceptance =
  /** Tell the clients. */
  | { kind: 'announce'; entry: Entry }
  /** The version advanced and nothing else: clients that follow need not know. */
  | { kind: 'confirm' }
  /** Read again after a reset: known already. */
  | { kind: 'known' }
  /** I3: a later message whose revision is not higher is never shown. */
  | { kind: 'not-newer' };

/** The compacted state of one tenant: the last message per subject, in ascending sequence. */
export class StateTable {
  readonly epoch: string;
  readonly #entries = new Map<string, Entry>();
  #lastSeq = 0;

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Ascending by sequence: a subject's entry moves to the end with each message. */
  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** Messages that are not kept (deleted, unreadable) move the end too. */
  reach(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  /**
   * Must be called in ascending sequence. A confirmation that does not follow straight upon what clients were told may hide a change
   * that the broker compacted away: it is announced.
   */
  accept(message: Announced): Acceptance {
    if (message.seq <= this.#lastSeq) return { kind: 'known' };
    this.#lastSeq = message.seq;
    const { subject, seq, facts } = message;
    const before = message.isFirst ? undefined : this.#entries.get(subject);
    if (before && facts.revision <= before.facts.revision) return { kind: 'not-newer' };

    const entry = { subject, seq, facts, frame: changeFrame(resumeToken(this.epoch, seq), message.json) };
    this.#entries.delete(subject);
    this.#entries.set(subject, entry);
    const onlyConfirmed = facts.confirmed && before?.facts.revision === facts.revision - 1;
    return onlyConfirmed ? { kind: 'confirm' } : { kind: 'announce', entry };
  }
}
