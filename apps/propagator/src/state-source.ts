/** One message of a tenant's state stream. `data` may be a view on a larger buffer: whoever keeps it copies it. */
export type StoredState = {
  subject: string;
  seq: number;
  /** When the broker stored it. */
  time?: Date;
  header?(name: string): string;
  data: Uint8Array;
};

export type StateReader = {
  /** Ascending sequence, each once, of one creation of the stream. */
  onMessage(message: StoredState): void;
  /** Everything up to `lastSeq` was handed over; from here on it is the tail. `streamCreated` tells creations of the stream apart. */
  onCaughtUp(lastSeq: number, streamCreated: string): void;
  /** The reading broke and goes on where it was; where `streamIsNew`, it begins again with another creation of the stream. */
  onReset(reason: string, streamIsNew: boolean): void;
};

/** Snapshot (last per subject) and tail of a tenant's announced state; never gives up by itself. */
export type StateSource = (tenant: string, reader: StateReader) => { stop(): void | Promise<void> };
