/** Everything outside the process that a command touches besides NATS. */
export type Terminal = {
  out(text: string): void;
  /** Bytes as they are, for `--raw`. */
  bytes(data: Uint8Array): void;
  err(text: string): void;
  env: Readonly<Record<string, string | undefined>>;
  /** `-` is standard input. */
  readFile(path: string): Promise<string>;
  /** A file that is not there yet. Rejects as Node does. */
  createFile(path: string): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>;
  now(): number;
  pause(ms: number): Promise<void>;
  /** What somebody types; undefined where nobody is there to ask. */
  ask(question: string): Promise<string | undefined>;
  /** Calls once somebody wants the command to end; from then on it ends by itself, and not before. Returns how to stop listening. */
  onStop(listener: () => void): () => void;
};
