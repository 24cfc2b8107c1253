import { z } from 'zod';
import { accountFields, webUrl } from '../account-fields.ts';

/** What Cloudbeds does where the documents say NOT FOUND, or leave it open. */
const readings = z.strictObject({
  /** A refresh brings another refresh token, and the one before dies at once. */
  rotates: z.boolean().default(true),
  oldRefreshDies: z.boolean().default(true),
  /** On whose wall `modifiedFrom` and `modifiedTo` are. */
  modifiedZone: z.enum(['property', 'UTC']).default('property'),
  /** `authHeaderName` and `authHeaderValue` at a subscription are obeyed; otherwise they are nothing. */
  authHeader: z.boolean().default(false),
  /** The property has rooms inspected; otherwise they are only dirty or clean. */
  inspected: z.boolean().default(true),
  /** How long a job of rates takes. */
  jobMs: z.number().int().min(0).default(1_000),
});

export const cloudbedsConfig = z.strictObject({
  provider: z.literal('cloudbeds'),
  ...accountFields,
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  redirectUri: webUrl,
  apiKey: z.string().startsWith('cbat_').optional(),
  /** As if the code had been exchanged already. */
  refreshToken: z.string().min(1).optional(),
  properties: z.number().int().min(1).max(20).default(1),
  /** 5 for properties and groups, 10 for technology partners. */
  callsPerSecond: z.number().int().min(1).default(5),
  readings: readings.prefault({}),
});

export type CloudbedsConfig = z.output<typeof cloudbedsConfig>;
