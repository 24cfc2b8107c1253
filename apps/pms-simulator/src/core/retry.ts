/**
 * When a webhook of Hostaway's comes again (D:includes/_webhook_unified.md, since 2026-07-22), and one of the housekeeping app's: only
 * after a network error, a 5xx or a 429; up to three more tries, the first about a minute later, the rest exponentially, all inside
 * about an hour. The factor is NOT FOUND; six gives 1 min, 6 min, 36 min: 43 min together, which leaves room for three answers that
 * take their full 20 s.
 */
export const ANSWER_WITHIN_MS = 20_000;
export const RETRIES_MAX = 3;
const FIRST_RETRY_MS = 60_000;
const FACTOR = 6;

export type TryResult = { status: number } | { failure: 'network' | 'timeout' };

export type Verdict = { kind: 'done' } | { kind: 'again'; afterMs: number } | { kind: 'given-up'; permanent: boolean };

export const arrived = (result: TryResult): boolean => 'status' in result && result.status >= 200 && result.status < 300;

const transient = (result: TryResult): boolean => !('status' in result) || result.status >= 500 || result.status === 429;

/** `tries` counts the one just made. */
export function afterTry(result: TryResult, tries: number): Verdict {
  if (arrived(result)) return { kind: 'done' };
  if (!transient(result)) return { kind: 'given-up', permanent: true };
  if (tries > RETRIES_MAX) return { kind: 'given-up', permanent: false };
  return { kind: 'again', afterMs: FIRST_RETRY_MS * FACTOR ** (tries - 1) };
}

export type Retries = { attempts: number; everyMs: number };

/** Whatever is no success is tried again, so many times in all and always after the same wait. */
export function evenly(done: boolean, tries: number, { attempts, everyMs }: Retries): Verdict {
  if (done) return { kind: 'done' };
  return tries < attempts ? { kind: 'again', afterMs: everyMs } : { kind: 'given-up', permanent: false };
}
