import { instant, localDate } from '@roomwire/events';
import { instantMicros, wireId, wireText } from '@roomwire/pms-port';
import { z } from 'zod';

const text = (max: number) => wireText.pipe(z.string().max(max));
const modifiedAt = z.string().transform((at, context) => {
  const micros = instantMicros(at);
  if (micros !== undefined) return micros;
  context.addIssue({ code: 'custom', message: 'expected an instant of RFC 3339' });
  return z.NEVER;
});
/** Our own schema, where a fact is always whole: an optional key that is absent means null. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);
const fact = { id: wireId, modifiedAt };

export const wireFact = z.discriminatedUnion('kind', [
  z.object({
    ...fact,
    kind: z.literal('unit-status'),
    unit: wireId,
    status: z.enum(['dirty', 'cleaning', 'clean', 'inspected']),
    by: optional(text(200)),
  }),
  z.object({
    ...fact,
    kind: z.literal('task'),
    unit: optional(wireId),
    type: z.enum(['cleaning', 'maintenance', 'other']),
    status: z.enum(['open', 'in-progress', 'done', 'cancelled']),
    title: text(500),
    due: optional(instant),
  }),
  z.object({
    ...fact,
    kind: z.literal('ticket'),
    unit: wireId,
    title: text(500),
    status: z.enum(['open', 'closed']),
    outOfOrder: z.boolean(),
    from: optional(localDate),
    until: optional(localDate),
  }),
]);
export type WireFact = z.infer<typeof wireFact>;

/** Facts are read one by one, so that a bad one spoils no other. */
export const wireWebhook = z.object({ facts: z.array(z.unknown()) });
