/** One message of a tenant's state stream. `data` may be a view on a larger buffer: whoever keeps it copies it. */
export type StoredState = { subject: string; seq: number; data: Uint8Array };

export type StateReader = {
  /** Ascending sequence between two resets. */
  onMessage(message: StoredState): void;
  /** Everything up to `lastSeq` was handed over; from here on it is the tail. `streamCreated` tells creations of the stream apart. */
  onCaughtUp(lastSeq: number, streamCreated: string): void;
  /** The reading begins anew: last per subject, caught up, tail. */
  onReset(reason: string): void;
};

/** Snapshot and tail of a tenant's announced state; never gives up by itself, and calls back synchronously. */
export type StateSource = (tenant: string, reader: StateReader) => { stop(): void | Promise<void> };
