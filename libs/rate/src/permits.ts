/** One bucket that a call occupies, from its grant until `windowMs` after its response. */
export type Scope = {
  /** Unique in the whole fleet; one token of a subject, since the durable register uses it as one. */
  key: string;
  limit: number;
  windowMs: number;
  /** False: worth nothing beyond the calls under way, and never missed. */
  lasting: boolean;
};

/** For a provider's whole answer, ms. */
export const CALL_DEADLINE_MS = 10_000;
/** A call must be on its way so soon after its permit was asked for, or the permit is worth nothing any more, ms. */
export const SEND_WITHIN_MS = 2_000;
/** So long after its grant a call may still be counted at the provider: it is sent in time and ends at its deadline. */
export const HOLD_MS = CALL_DEADLINE_MS + SEND_WITHIN_MS;

export type Permit = {
  /** Grant instant: µs of Redis' clock, strictly rising for each connection. */
  observedAt: number;
  /** Whether the call may still be sent. */
  isGood(): boolean;
  /** The response is there, or the call was never sent. Without it the slot stays taken until no answer can come any more. */
  release(): Promise<void>;
};

export type PermitAnswer = { kind: 'granted'; permit: Permit } | { kind: 'wait'; ms: number };

export type Wanted = {
  provider: string;
  connection: string;
  /** Names the job for good, so that it can take the place of itself: its earlier worker is dead, or has given up. */
  job: string;
  scopes: readonly Scope[];
};

/** The right to one call at a provider, from the whole fleet's account. Throws when nobody can say: then nothing may be sent. */
export interface Permits {
  acquire(wanted: Wanted): Promise<PermitAnswer>;
  /** The provider asked for a pause. */
  block(provider: string, scopes: readonly Scope[], ms: number): Promise<void>;
}
