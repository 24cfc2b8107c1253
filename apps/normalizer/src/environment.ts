import { z } from 'zod';

export const environment = {
  REDIS_URL: z
    .url('expected an address like redis://127.0.0.1:6379')
    .describe('Redis that counts the starts of suspect messages'),
  ROOMWIRE_FAULT_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('test knob: milliseconds that each raw message is held up, to see the latency gate fail'),
};
