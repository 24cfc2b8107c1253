import { createHash } from 'node:crypto';

/**
 * A resume token is base64url of `<epoch>.<sequence>`. The epoch stands for one creation of one tenant's stream: in any other
 * stream a sequence means something else, and a token that does not fit must not be honoured.
 */
export function epochOf(tenant: string, streamCreated: string): string {
  return createHash('sha256').update(`${tenant}\n${streamCreated}`).digest('hex').slice(0, 16);
}

export function resumeToken(epoch: string, seq: number): string {
  return Buffer.from(`${epoch}.${seq}`).toString('base64url');
}

export type ResumePoint = { epoch: string; seq: number };

/** The inverse of {@link resumeToken}; undefined for anything that it does not make. */
export function parseResumeToken(token: string): ResumePoint | undefined {
  if (token.length > 64) return undefined;
  const match = /^([0-9a-f]{16})\.(0|[1-9]\d{0,15})$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
  const seq = Number(match?.[2]);
  return match?.[1] && Number.isSafeInteger(seq) && resumeToken(match[1], seq) === token ? { epoch: match[1], seq } : undefined;
}

/** How a client begins: afresh, from where it was, or told to forget what it holds. */
export type Beginning =
  { kind: 'snapshot' } | { kind: 'resume'; after: number } | { kind: 'must-refetch'; reason: RefetchReason };
export type RefetchReason = 'unreadable-token' | 'other-stream' | 'beyond-the-end' | 'stream-recreated';

/** `token` is what the client gave, if it gave one; `epoch` and `lastSeq` are the stream's. */
export function beginningOf(token: string | undefined, epoch: string, lastSeq: number): Beginning {
  if (token === undefined || token === '') return { kind: 'snapshot' };
  const point = parseResumeToken(token);
  if (!point) return { kind: 'must-refetch', reason: 'unreadable-token' };
  if (point.epoch !== epoch) return { kind: 'must-refetch', reason: 'other-stream' };
  if (point.seq > lastSeq) return { kind: 'must-refetch', reason: 'beyond-the-end' };
  return { kind: 'resume', after: point.seq };
}
