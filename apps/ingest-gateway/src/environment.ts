import { z } from 'zod';

export const environment = {
  ROOMWIRE_BODY_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_048_576)
    .describe('bytes; a webhook with a larger body is answered 413. NATS’ max_payload must be some KiB more'),
  ROOMWIRE_SECRETS_STALE_MAX_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(3_600_000)
    .describe('milliseconds for which webhooks are still verified with the last known secrets while the vault is down'),
  ROOMWIRE_INFLIGHT_PER_TENANT_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .default(256)
    .describe('webhooks of one tenant in hand at a time in one process; more are answered 429'),
};
