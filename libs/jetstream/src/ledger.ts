/** What is remembered of a message between two deliveries. */
export type Remembered = {
  /** Deliveries that ended in a verdict `retry`. */
  verdicts: number;
  /** Deliveries that are known to have ended by our own hand. One more delivery without it may have killed who held it. */
  ended: number;
  /** Times that it was started as a suspect. */
  starts: number;
};

/** What a copy waits for, and since when, epoch ms. */
export type Parked = { for: string; sinceMs: number };

/** Sequences that are due, earliest first; and the instant, epoch ms, at which the next one is. */
export type Due = { seqs: number[]; nextMs: number | undefined };

/**
 * The transport's memory beside the broker (ARCHITECTURE.md §6). Losing it costs a few more starts and a new look at the stored
 * copies, never a message. First deliveries do not touch it.
 */
export interface Ledger {
  remembered(tenant: string, stream: string, seq: number): Promise<Remembered>;
  /**
   * It came to a verdict on its `deliveries`-th delivery: all suspicion ends, and `counts` makes it an attempt. Must be called before
   * the nak: a redelivery without it makes the message a suspect.
   */
  gaveVerdict(tenant: string, stream: string, seq: number, deliveries: number, counts: boolean): Promise<void>;
  /** Given back before it began: explains this one delivery, and clears no older suspicion. */
  gaveBack(tenant: string, stream: string, seq: number): Promise<void>;
  /** Counts a suspect's start, before it runs. Answers the count. */
  started(tenant: string, stream: string, seq: number): Promise<number>;
  forget(tenant: string, stream: string, seq: number): Promise<void>;

  /** The due index: sequence of the stored copy → epoch ms at which it is to be published again. `parked`: or when that is open. */
  addDue(tenant: string, stage: string, seq: number, dueMs: number, parked?: Parked): Promise<void>;
  /** Undefined: the index was lost, or never made; it has to be filled from the copies. */
  due(tenant: string, stage: string, nowMs: number, limit: number): Promise<Due | undefined>;
  removeDue(tenant: string, stage: string, seq: number, parkedFor?: string): Promise<void>;
  /**
   * Makes due at `nowMs` what has been parked since `sinceMs` or longer for what is open. By level: it does not matter when that was
   * opened, nor who was looking. Answers how many there were.
   */
  unpark(
    tenant: string,
    stage: string,
    isOpen: (parkedFor: string) => boolean,
    at: { nowMs: number; sinceMs: number },
  ): Promise<number>;
  /** It has been filled. What tells so must be lost whenever the index is. */
  setIndexed(tenant: string, stage: string): Promise<void>;
}

/** [sequence, due ms] in order of time → what is due, and what comes next. Needs no more than `limit` + 1 of them. */
export function dueOfSorted(waiting: readonly (readonly [number, number])[], nowMs: number, limit: number): Due {
  const seqs = waiting
    .filter(([, dueMs]) => dueMs <= nowMs)
    .slice(0, limit)
    .map(([seq]) => seq);
  return { seqs, nextMs: waiting[seqs.length]?.[1] };
}
