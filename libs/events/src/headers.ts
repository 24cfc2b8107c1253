import { z } from 'zod';
import { entityId, readCursor, receiptId } from './ids.ts';
import { kind } from './words.ts';

/** Headers that travel with a message on every hop, so that a bench, an outcome and a dead letter can tell its whole way. */
export const HEADER = {
  /** Names the HTTP request or page that it all began with. */
  receipt: 'Rw-Receipt',
  /** RFC 3339 with milliseconds: when the bytes arrived. Never restamped by retry or redrive. */
  receivedAt: 'Rw-Received-At',
  /** `push` or `read`. */
  via: 'Rw-Via',
  /** JSON of {@link ReadContext}; only with `read`. */
  read: 'Rw-Read',
  /** `name=epoch ms`, comma separated, one more each hop. */
  hops: 'Rw-Hops',
  /** JSON of an {@link AnsweredHint}, or of an array of them; with a read that answers hints, and with what is told of that read. */
  hint: 'Rw-Hint',
  /** `<job>-<sequence of the dead letter>`: it was replayed, and what comes of it is told under this name too. */
  replay: 'Rw-Replay',
  traceparent: 'traceparent',
} as const;

/** What a provider call asked and when: without it the bytes of an answer mean nothing. */
export const readContext = z.strictObject({
  /** The kind that was asked for; an answer may carry others. */
  kind,
  /** By-id reads name their entities; absent for changed-since pages. */
  ids: z.array(entityId).max(1000).optional(),
  /** Of a by-id read that went on where an answer had more pages: of which this is the last. */
  cursor: readCursor.optional(),
  /** Name of the adapter's operation, for decode and for people. */
  operation: z.string().max(64),
  /** HTTP status of the answer. */
  status: z.int(),
  /** Grant instant of the permit, microseconds of Redis' clock, strictly rising per connection. */
  observedAt: z.int().min(1),
  /** The provider's own `Date`, milliseconds; null where it sent none (then nothing that it says is settled). */
  providerDate: z.int().nullable(),
});
export type ReadContext = z.infer<typeof readContext>;

export const rawContext = z.discriminatedUnion('via', [
  z.strictObject({ via: z.literal('push'), receipt: receiptId, receivedAt: z.iso.datetime() }),
  z.strictObject({ via: z.literal('read'), receipt: receiptId, receivedAt: z.iso.datetime(), read: readContext }),
]);
export type RawContext = z.infer<typeof rawContext>;

export function headersOfRaw(context: RawContext): Record<string, string> {
  return {
    [HEADER.receipt]: context.receipt,
    [HEADER.receivedAt]: context.receivedAt,
    [HEADER.via]: context.via,
    ...(context.via === 'read' ? { [HEADER.read]: JSON.stringify(context.read) } : {}),
  };
}

/** Reads the context back; a problem names the header. `get` answers '' or undefined for an absent one. */
export function parseRawContext(get: (header: string) => string | undefined): z.ZodSafeParseResult<RawContext> {
  const read = get(HEADER.read);
  let parsed: unknown;
  try {
    parsed = read ? JSON.parse(read) : undefined;
  } catch {
    parsed = 'not JSON';
  }
  return rawContext.safeParse({
    via: get(HEADER.via),
    receipt: get(HEADER.receipt),
    receivedAt: get(HEADER.receivedAt),
    ...(read ? { read: parsed } : {}),
  });
}

/** The hint that a read answers. Whether it is satisfied only the registry can say, two hops later: it alone knows what is news. */
export const answeredHint = z.strictObject({
  kind,
  entity: entityId,
  /** The hint's own stamp, microseconds of the provider's clock, where it had one. */
  modifiedAt: z.int().min(0).optional(),
  /** It said that the entity was removed: a read that finds it there does not satisfy it. */
  gone: z.literal(true).optional(),
});
export type AnsweredHint = z.infer<typeof answeredHint>;

/** One as it always was, so that whoever knows only that reads it during an upgrade; several as an array. */
export function answeredHintsHeader(hints: readonly AnsweredHint[]): string {
  return JSON.stringify(hints.length === 1 ? hints[0] : hints);
}

/** Empty for an absent header, and for one that is not ours. */
export function parseAnsweredHints(header: string): AnsweredHint[] {
  if (!header) return [];
  try {
    const told: unknown = JSON.parse(header);
    return (Array.isArray(told) ? told : [told]).flatMap((each) => answeredHint.safeParse(each).data ?? []);
  } catch {
    return [];
  }
}

/** The one that what is told of an entity answers. */
export function hintAnsweredBy(header: string, told: { kind: string; entity: string }): AnsweredHint | undefined {
  return parseAnsweredHints(header).find(({ kind: of, entity }) => of === told.kind && entity === told.entity);
}

/** `hops` with one more stamp. */
export function withHop(hops: string | undefined, name: string, nowMs: number): string {
  return hops ? `${hops},${name}=${nowMs}` : `${name}=${nowMs}`;
}

/** A stamp that is no number is left out: it is a measurement, and no reason to refuse the message or its outcome. */
export function parseHops(hops: string | undefined): Record<string, number> {
  const pairs = (hops ?? '').split(',').map((hop) => hop.split('='));
  return Object.fromEntries(
    pairs.flatMap(([name, at]) => (name && at && Number.isFinite(Number(at)) ? [[name, Number(at)]] : [])),
  );
}
