import { z } from 'zod';
import { accountFields, webUrl } from '../account-fields.ts';
import { isTimeZone } from '../stamps.ts';

/** What Smoobu does where the documents say NOT FOUND, or leave it open. */
const readings = z.strictObject({
  /** How wrong a client's clock may be, either way. */
  skewSeconds: z.number().int().min(0).default(300),
  /** Keys and values of the signed query: percent-encoded (two clients), plain (one), or whichever of them fits. */
  queryEncoding: z.enum(['percent', 'plain', 'either']).default('either'),
  /** The header `Api-Key` is still taken. */
  legacyKey: z.boolean().default(true),
  /** `X-RateLimit-Retry-After`: an instant in Unix seconds, or so many seconds. */
  retryAfter: z.enum(['epoch', 'seconds']).default('epoch'),
  /** How it is spelled in lists; a single reservation and webhooks have `modifiedAt`. */
  modifiedInLists: z.enum(['modifiedAt', 'modified-at']).default('modifiedAt'),
  /** On whose wall `created-at` and `modifiedAt` are. */
  stampZone: z.string().refine(isTimeZone, 'expected an IANA time zone').default('UTC'),
  blocked: z.enum(['boolean', 'YES']).default('boolean'),
  pageSizeMax: z.number().int().min(1).default(100),
  /** Nothing says that a webhook comes again. */
  webhookAttempts: z.number().int().min(1).default(1),
  webhookEveryMs: z.number().int().min(1).default(60_000),
  /** The object lies under `data`, under `booking`, or beside `action`. */
  webhookBody: z.enum(['data', 'booking', 'flat']).default('data'),
});

export const smoobuConfig = z.strictObject({
  provider: z.literal('smoobu'),
  ...accountFields,
  apiKey: z.string().min(1),
  apiSecret: z.string().min(1),
  /** The older way: a key and no signature. */
  legacyKey: z.string().min(1).optional(),
  /** Typed by hand in the settings; the receiver's secret is in its address. */
  webhook: z.strictObject({ url: webUrl }).optional(),
  readings: readings.prefault({}),
});

export type SmoobuConfig = z.output<typeof smoobuConfig>;
