import type { Lane } from './core/lanes.ts';

/** For a provider's whole answer, ms. */
export const CALL_DEADLINE_MS = 10_000;
/** A call must be on its way so soon after its permit was asked for, or the permit is worth nothing any more, ms. */
export const SEND_WITHIN_MS = 2_000;
/** So long after its grant a call may still be counted at the provider: it is sent in time and ends at its deadline. */
export const HOLD_MS = CALL_DEADLINE_MS + SEND_WITHIN_MS;

/** One bucket that a call occupies, from its grant until `windowMs` after its response. */
export type Scope = {
  /** Unique in the whole fleet; one token of a subject, since the durable register uses it as one. */
  key: string;
  /** Calls, or credits. */
  limit: number;
  windowMs: number;
  /** False: worth nothing beyond the calls under way, and never missed. */
  lasting: boolean;
  /**
   * A bucket of credits: what a call is taken to cost at most, until its operation has shown a higher price. The limit is kept for
   * certain as long as nothing costs more than was known. Absent: each call counts one.
   */
  costs?: number;
  /** The answer's headers speak of this one. */
  told?: boolean;
};

/** What an answer's headers tell of a provider's own account; the port's `Usage` is one. */
export type Usage = { cost?: number; remaining?: number; resetsInMs?: number };

export type Permit = {
  /** Grant instant: µs of Redis' clock, strictly rising for each connection. */
  observedAt: number;
  /** The part of each scope's limit that is in use by now, 0 to 1, in the order of the scopes. */
  used: readonly number[];
  /** Whether the call may still be sent. */
  isGood(): boolean;
  /** The response is there, or the call was never sent. Without it the slot stays taken until no answer can come any more. */
  release(usage?: Usage): Promise<void>;
};

export type PermitAnswer = { kind: 'granted'; permit: Permit } | { kind: 'wait'; ms: number };

export type Wanted = {
  provider: string;
  connection: string;
  tenant: string;
  lane: Lane;
  /** What prices are remembered by. */
  operation: string;
  /** Names the job for good, so that it can take the place of itself: its earlier worker is dead, or has given up. */
  job: string;
  /** More jobs that the call is for: it takes their places as well. */
  others?: readonly string[];
  /** Names the place in the queue, also for the copy of the job that comes after a longer wait. */
  place: string;
  /** How long the caller can wait and ask again at the very instant, ms. Who has to wait for longer is told to come a little sooner. */
  patienceMs: number;
  scopes: readonly Scope[];
};

/** The right to one call at a provider, from the whole fleet's account. Throws when nobody can say: then nothing may be sent. */
export interface Permits {
  acquire(wanted: Wanted): Promise<PermitAnswer>;
  /** The provider asked for a pause. */
  block(provider: string, scopes: readonly Scope[], ms: number): Promise<void>;
}
