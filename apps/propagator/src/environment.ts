import { z } from 'zod';

export const environment = {
  ROOMWIRE_TICKET_KEY: z
    .string()
    .min(32)
    .optional()
    .describe(
      'signs one-minute tickets; the same for every replica, 32 characters or more; unset: a random one, tickets then fit this process only',
    ),
  ROOMWIRE_STREAMS_PER_TENANT_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(1000)
    .describe('open streams of one tenant in one process; beyond it 429'),
  ROOMWIRE_HEARTBEAT_MS: z.coerce
    .number()
    .int()
    .min(10)
    .default(15_000)
    .describe('milliseconds between heartbeat comments on a stream'),
};
