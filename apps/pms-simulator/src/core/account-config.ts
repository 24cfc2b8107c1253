import { z } from 'zod';
import { isTimeZone } from './stamps.ts';

/** As the owner sets it up in Hostaway's dashboard: Basic auth with a login and a password of the receiver's choosing. */
const webhook = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  login: z.string().nullable().default(null),
  password: z.string().nullable().default(null),
});

/** The housekeeping app beside Hostaway, which signs what it sends (Standard Webhooks). */
const internalWebhook = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  key: z.string().regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'expected whsec_ and base64'),
});

export const accountConfig = z
  .strictObject({
    accountId: z.number().int().positive(),
    /** Hostaway's client id is the account id. */
    clientId: z.coerce.string().min(1).optional(),
    clientSecret: z.string().min(1),
    listings: z.number().int().min(1).max(2_000).default(12),
    /** So many of the listings are multi-unit, with so many doors each. */
    multiUnit: z.strictObject({ listings: z.number().int().min(0), units: z.number().int().min(2).max(200) }).optional(),
    timeZone: z.string().refine(isTimeZone, 'expected an IANA time zone').default('Europe/Berlin'),
    webhook: webhook.optional(),
    internalWebhook: internalWebhook.optional(),
  })
  .transform((config) => ({ ...config, clientId: config.clientId ?? String(config.accountId) }));

export type AccountConfig = z.output<typeof accountConfig>;
export type AccountRequest = z.input<typeof accountConfig>;
export type InternalWebhook = z.output<typeof internalWebhook>;
