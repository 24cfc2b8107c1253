import { z } from 'zod';
import { accountFields, webUrl } from '../account-fields.ts';

/** What Mews does where the documents say NOT FOUND, or leave it open. */
const readings = z.strictObject({
  /** Of a 429: seconds, or none at all ("may be absent"). */
  retryAfter: z.boolean().default(true),
  /** How often a webhook is tried in all, and how long apart ("after a few minutes", "repeated attempts"). */
  webhookAttempts: z.number().int().min(1).default(5),
  webhookEveryMs: z.number().int().min(1).default(180_000),
  /** Events are held until so many can go in one webhook. */
  batch: z.number().int().min(1).max(1_000).default(1),
  /** Whose message threads are seen: everybody's, or only those in which this client has written. */
  threads: z.enum(['all', 'own']).default('all'),
});

/** An integration with one enterprise, or, with a portfolio token, with several. */
export const mewsConfig = z.strictObject({
  provider: z.literal('mews'),
  ...accountFields,
  clientToken: z.string().min(1),
  accessToken: z.string().min(1),
  enterprises: z.number().int().min(1).max(20).default(1),
  /** Set up by Mews support; the receiver's secret is in the address: `?Token=…`. */
  webhook: z.strictObject({ url: webUrl }).optional(),
  /** Its bodies hold secrets. */
  integrationWebhook: z.strictObject({ url: webUrl }).optional(),
  readings: readings.prefault({}),
});

export type MewsConfig = z.output<typeof mewsConfig>;
