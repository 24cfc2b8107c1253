import { z } from 'zod';
import { isTimeZone } from './stamps.ts';

export const webUrl = z.url({ protocol: /^https?$/ });

/** The housekeeping app beside the provider, which signs what it sends (Standard Webhooks). */
const internalWebhook = z.strictObject({
  url: webUrl,
  key: z.string().regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'expected whsec_ and base64'),
});

/** What an account has with every provider: its place and its houses. */
export const accountFields = {
  accountId: z.number().int().positive(),
  listings: z.number().int().min(1).max(2_000).default(12),
  /** So many of the listings are multi-unit, with so many doors each. */
  multiUnit: z.strictObject({ listings: z.number().int().min(0), units: z.number().int().min(2).max(200) }).optional(),
  /** Its places are let from so many days ago to so many ahead. */
  calendar: z
    .strictObject({ daysBack: z.number().int().min(1).max(400), daysAhead: z.number().int().min(1).max(800) })
    .optional(),
  timeZone: z.string().refine(isTimeZone, 'expected an IANA time zone').default('Europe/Berlin'),
  internalWebhook: internalWebhook.optional(),
};

export type InternalWebhook = z.output<typeof internalWebhook>;
