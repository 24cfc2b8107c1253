import { createHash } from 'node:crypto';

/** A strong entity tag: of the bytes themselves, so that two answers with one tag are one answer whatever they were made of. */
export function etagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
}

/** Whether an `If-None-Match` names the tag. By weak comparison, as RFC 9110 §13.1.2 has it: a proxy may have weakened ours. */
export function namesTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return [...ifNoneMatch.matchAll(/(?:W\/)?("[^"]*")/g)].some(([, tag]) => tag === etag);
}
