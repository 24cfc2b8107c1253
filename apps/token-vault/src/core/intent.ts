import type { GrantOperations } from '@roomwire/pms-port';
import type { Intent, VaultEntry } from './entry.ts';
import { stamped } from './standing.ts';

export type Times = {
  /** A request is sent within this after its intent was begun, or not at all, ms. */
  sendWithinMs: number;
  /** The request's own deadline, ms. */
  requestMs: number;
  /** How long an intent stands whose request may be repeated without harm, ms. */
  repeatableMs: number;
};
export const TIMES: Times = { sendWithinMs: 2_000, requestMs: 8_000, repeatableMs: 3_000 };
/** Beyond the deadlines: for timers that fire late. */
const MARGIN_MS = 500;
/** A notice is paid at once by whoever owes it; another looks after this, ms. */
const OWED_MS = 2_000;
const UNSURE_MS_MIN = 1_000;

/**
 * How long others leave an intent alone. Two requests with one rotating refresh token may lose both answers, so the first must be
 * over; any other grant is merely a call too many, and a killed replica should not be waited for.
 */
export function standsMs(kind: GrantOperations['kind'], times: Times): number {
  return kind === 'rotating-refresh-token' ? times.sendWithinMs + times.requestMs + MARGIN_MS : times.repeatableMs;
}

/** The entry with an intent. Whoever takes another's place does not know how far that one came. */
export function intended(entry: VaultEntry, intent: Intent, rotates: boolean, now: number): VaultEntry {
  return stamped(entry, { ...entry, intent, unsure: entry.unsure || (rotates && entry.intent !== null) }, now);
}

/** The entry as it was before an intent under which nothing was sent. Undefined: it is not there any more. */
export function withdrawn(entry: VaultEntry | undefined, id: string, wasUnsure: boolean): VaultEntry | undefined {
  return entry?.intent?.id === id ? { ...entry, intent: null, unsure: wasUnsure } : undefined;
}

/** What was asked for, and what came of it. */
export type Tried = {
  intent: Intent;
  /** Of the credentials that were sent. */
  generation: number;
  isGranted: boolean;
  change: (entry: VaultEntry) => VaultEntry;
};

/**
 * The entry after an answer; undefined where the answer is of no use any more. An answer may come after others took over: a new
 * token is still kept while nobody has a newer one, and waits for whoever is asking; a failure that late says nothing.
 */
export function settled(entry: VaultEntry | undefined, tried: Tried): VaultEntry | 'wait' | undefined {
  if (!entry) return undefined;
  const isMine = entry.intent?.id === tried.intent.id;
  const isSame = entry.lease === tried.intent.lease && entry.generation === tried.generation;
  if (!isSame) return isMine ? { ...entry, intent: null } : undefined;
  if (isMine) return tried.change(entry);
  if (!tried.isGranted) return undefined;
  return entry.intent ? 'wait' : tried.change(entry);
}

/** When somebody must look at an entry although nobody asks for a lease, ms from now. Undefined: there is nothing that waits. */
export function lookAfterMs(entry: VaultEntry, now: number): number | undefined {
  if (entry.intent) return entry.intent.standsMs;
  if (entry.owes) return OWED_MS;
  return entry.unsure ? Math.max(UNSURE_MS_MIN, entry.coolUntil - now) : undefined;
}
