import { z } from 'zod';

export const environment = {
  REDIS_URL: z.url().describe("Redis that holds the registry's memory; maxmemory-policy must be noeviction"),
  ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('test knob: milliseconds between writing a record and announcing it'),
};
