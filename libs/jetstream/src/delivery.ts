import type { Subject } from '@roomwire/events';

/** One message as a handler sees it. */
export type Delivery = {
  tenant: string;
  /** Stream and sequence: the message's address for good. */
  stream: string;
  seq: number;
  /** The parsed subject; a message whose subject is not ours never reaches a handler. */
  subject: Subject;
  data: Uint8Array;
  /** '' for an absent header. */
  header(name: string): string;
  /** Counts from 1; naks for `retry` and nothing else raise it. */
  attempt: number;
  /** JSON of `data`, parsed once; throws {@link BadPayload}, which the transport settles as a reject `not-json`. */
  json(): unknown;
  /** What a dead letter of one bad part keeps of the whole message. */
  origin(): DeadOrigin;
  /** Adds fields to the one wide log line of this message. */
  note(fields: Record<string, unknown>): void;
};

export class BadPayload extends Error {
  override readonly name = 'BadPayload';
}

/** Where a message that cannot be processed came from. */
export type DeadOrigin = {
  tenant: string;
  stream: string;
  seq: number;
  /** Name of the consumer. */
  stage: string;
  subject: string;
  headers: [string, string][];
  data: Uint8Array;
  attempts: number;
  /** RFC 3339: when the original was stored. */
  firstAt: string;
};
