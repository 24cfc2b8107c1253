import { z } from 'zod';
import { localDate } from './facets.ts';
import { connectionId, entityId, providerId, receiptId, tenantId } from './ids.ts';
import type { Subject } from './subject.ts';
import { pushLane } from './words.ts';

/** Longer spans are a mistake of whoever asks: calendars end before. */
export const SPAN_NIGHTS_MAX = 1_500;
/** Spans of one order; with the longest ids it stays far below the broker's megabyte. */
const SPANS_MAX = 1_000;
const DAY_MS = 86_400_000;

/** Nights from the first to the last, local dates, both included. */
const span = { from: localDate, until: localDate };
const isSpan = ({ from, until }: { from: string; until: string }): boolean => {
  const nights = (Date.parse(until) - Date.parse(from)) / DAY_MS + 1;
  return nights >= 1 && nights <= SPAN_NIGHTS_MAX;
};
const NO_SPAN = `expected 1 to ${SPAN_NIGHTS_MAX} nights: \`from\` is the first and \`until\` the last`;
const spans = <S extends z.ZodRawShape>(shape: S) =>
  z
    .array(z.strictObject({ ...span, ...shape }).refine((each) => isSpan(each as { from: string; until: string }), NO_SPAN))
    .min(1)
    .max(SPANS_MAX);

const what = z.discriminatedUnion('kind', [
  /** Null: leave it as it is. */
  z.strictObject({
    kind: z.literal('availability'),
    nights: spans({ unitType: entityId, available: z.int().min(0).nullable(), closed: z.boolean().nullable() }),
  }),
  /** `ratePlan` null: the provider's own default. `minimumStay` null: leave it as it is. */
  z.strictObject({
    kind: z.literal('rate'),
    nights: spans({
      unitType: entityId,
      ratePlan: entityId.nullable(),
      price: z.strictObject({ amountMinor: z.int().min(0), currency: z.string().regex(/^[A-Z]{3}$/) }),
      minimumStay: z.int().min(0).nullable(),
    }),
  }),
  /**
   * What a stay elsewhere takes of a unit type, whole: its nights are closed for as long as any stay takes them. `n` counts what was
   * said of the stay; the highest counts. No spans: it takes nothing any more.
   */
  z.strictObject({
    kind: z.literal('hold'),
    unitType: entityId,
    stay: z.string().min(1).max(400),
    n: z.int().min(1),
    spans: z.array(z.strictObject(span).refine(isSpan, NO_SPAN)).max(SPANS_MAX),
  }),
  z.strictObject({
    kind: z.literal('message'),
    conversation: entityId,
    reservation: entityId.nullable(),
    body: z.string().min(1).max(20_000),
  }),
  z.strictObject({
    kind: z.literal('unit-status'),
    unit: entityId,
    status: z.enum(['dirty', 'cleaning', 'clean', 'inspected']),
  }),
  z.strictObject({ kind: z.literal('task'), task: entityId, status: z.enum(['open', 'in-progress', 'done', 'cancelled']) }),
]);

/** What a provider shall be told, in its own ids. It says what shall be so, never a difference: the same order twice is one. */
export const pushOrder = z.strictObject({
  /** Names the order for good, and is the receipt of its outcome. */
  order: receiptId,
  tenant: tenantId,
  provider: providerId,
  connection: connectionId,
  lane: pushLane,
  /** When it was given, by the clock of whoever gave it: of two orders about one night the later one counts. */
  at: z.iso.datetime(),
  by: z.string().max(200),
  traceparent: z.string().max(128).optional(),
  what,
});
export type PushOrder = z.infer<typeof pushOrder>;
export type PushWhat = PushOrder['what'];

export function pushSubject({ tenant, lane, provider, connection }: PushOrder): Subject {
  return { tenant, family: 'push', lane, provider, connection };
}
