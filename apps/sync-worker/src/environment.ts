import { z } from 'zod';

export const environment = {
  REDIS_URL: z.url().describe('Redis that holds the permits of calls to providers; maxmemory-policy must be noeviction'),
  EGRESS_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected 1 to 64 of A-Z, a-z, 0-9, dot, dash and underscore')
    .default('default')
    .describe(
      'names the address from which this process calls providers: workers behind one address must have one name, others another',
    ),
};
