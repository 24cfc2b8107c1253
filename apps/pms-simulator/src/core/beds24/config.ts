import { z } from 'zod';
import { accountFields, webUrl } from '../account-fields.ts';

/** What Beds24 does where the documents say NOT FOUND, or contradict each other. */
const readings = z.strictObject({
  /** The booking webhook is one object (SPEC), an array (a real body), or now one and now the other. */
  webhookBody: z.enum(['object', 'array', 'either']).default('object'),
  /** How often a booking webhook is tried in all, and how long apart ("after a delay"). */
  webhookAttempts: z.number().int().min(1).default(5),
  webhookEveryMs: z.number().int().min(1).default(300_000),
  /** Names of the credits' headers: as measured, or as the specification has them. */
  creditHeaders: z.enum(['measured', 'spec']).default('measured'),
  /** `cancelTime` of cancelled bookings: on all, on none, or on three of four. */
  cancelTime: z.enum(['always', 'never', 'some']).default('some'),
  /** A price that is 0 once the booking is cancelled. */
  zeroOnCancel: z.boolean().default(false),
  /** Over the API one may book onto a place that is taken. */
  overbooking: z.boolean().default(false),
});

export const webhookSettings = z.strictObject({
  version: z.enum(['one', 'twoNoPersonalData', 'twoWithPersonalData']).default('twoWithPersonalData'),
  /** Several, one a line. */
  url: z.string().default(''),
  additionalData: z.enum(['none', 'CVC', 'token', 'CVCAndToken']).default('none'),
  /** "name: value", one a line: all that a receiver can check. */
  customHeader: z.string().default(''),
});
export type WebhookSettings = z.output<typeof webhookSettings>;

export const beds24Config = z.strictObject({
  provider: z.literal('beds24'),
  ...accountFields,
  refreshToken: z.string().min(1),
  /** Good for one exchange within 24 h. */
  inviteCode: z.string().min(1).optional(),
  /** Reads only. */
  longLifeToken: z.string().min(1).optional(),
  properties: z.number().int().min(1).max(200).default(1),
  /** Credits in five minutes; 200 for those who pay. */
  credits: z.number().min(1).default(100),
  /** Of every property, until somebody sets another. */
  webhook: webhookSettings.optional(),
  inventoryWebhook: z.strictObject({ url: webUrl, headers: z.record(z.string(), z.string()).default({}) }).optional(),
  readings: readings.prefault({}),
});

export type Beds24Config = z.output<typeof beds24Config>;
