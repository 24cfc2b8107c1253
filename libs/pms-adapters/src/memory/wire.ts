import { kind } from '@roomwire/events';
import { wireId } from '@roomwire/pms-port';
import { z } from 'zod';

/** One entity, with contents that are ours already: the reference has nothing to translate. */
export const wireEntity = z.object({
  kind,
  id: wireId,
  /** RFC 3339. Absent: no modification time. */
  modifiedAt: z.string().nullish(),
  facets: z.record(z.string(), z.unknown()),
});
export type WireEntity = z.infer<typeof wireEntity>;

/** A push; entities are read one by one, so that a bad one spoils no other. */
export const wirePush = z.object({ account: wireId.nullish(), entities: z.array(z.unknown()) });

export const wireToken = z.object({ token: z.string().min(1), seconds: z.int().min(1) });

/** The answer to a read of several, and a page. */
export const wireEntities = z.object({ entities: z.array(z.unknown()) });
/** `next`: what to ask for after it; null at the end. */
export const wirePage = wireEntities.extend({ next: z.string().nullable() });

export const wireOutcomes = z.object({
  outcomes: z.array(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('accepted') }),
      z.object({ state: z.literal('pending'), job: z.string() }),
      z.object({ state: z.literal('refused'), reason: z.string() }),
    ]),
  ),
});

export const wireWebhooks = z.object({
  webhooks: z.array(z.object({ id: wireId, url: z.string(), enabled: z.boolean() })),
});
