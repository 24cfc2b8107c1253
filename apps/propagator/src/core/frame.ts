import type { RefetchReason } from './resume.ts';

const CHANGE_LINE = Buffer.from('event: change\n');
const SNAPSHOT_LINE = Buffer.from('event: snapshot\n');
const END = Buffer.from('\n\n');

export const HEARTBEAT = Buffer.from(': heartbeat\n\n');
/** First bytes of every stream: they push the headers through, and a client whose pod drains comes back after a second. */
export const GREETING = Buffer.from(': roomwire\nretry: 1000\n\n');

/** One frame for all clients; a copy of `json`, so that it holds no larger buffer of the broker's client alive. */
export function changeFrame(id: string, json: Uint8Array): Buffer {
  return Buffer.concat([CHANGE_LINE, Buffer.from(`id: ${id}\ndata: `), oneLine(json), END]);
}

/** The same frame under the name `snapshot`: its first line is exchanged, the rest is shared. */
export function snapshotFrame(change: Buffer): [Buffer, Buffer] {
  return [SNAPSHOT_LINE, change.subarray(CHANGE_LINE.length)];
}

export function liveFrame(tenant: string, id: string): Buffer {
  return Buffer.from(`event: live\nid: ${id}\ndata: ${JSON.stringify({ tenant, lastEventId: id })}\n\n`);
}

/** Without an id: a client that is cut off right after it must be told again. */
export function mustRefetchFrame(reason: RefetchReason): Buffer {
  return Buffer.from(`event: must-refetch\ndata: ${JSON.stringify({ reason })}\n\n`);
}

const LF = 10;
const CR = 13;

/** A line break would end the data field; in JSON it can only be space between tokens. */
function oneLine(json: Uint8Array): Uint8Array {
  if (!json.includes(LF) && !json.includes(CR)) return json;
  return Buffer.from(json.filter((byte) => byte !== LF && byte !== CR));
}
