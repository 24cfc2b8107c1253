import { z } from 'zod';
import { accountFields, webUrl } from '../account-fields.ts';

/** As the owner sets it up in Hostaway's dashboard: Basic auth with a login and a password of the receiver's choosing. */
const webhook = z.strictObject({
  url: webUrl,
  login: z.string().nullable().default(null),
  password: z.string().nullable().default(null),
});

export const hostawayConfig = z
  .strictObject({
    provider: z.literal('hostaway'),
    ...accountFields,
    /** Hostaway's client id is the account id. */
    clientId: z.coerce.string().min(1).optional(),
    clientSecret: z.string().min(1),
    webhook: webhook.optional(),
  })
  .transform((config) => ({ ...config, clientId: config.clientId ?? String(config.accountId) }));

export type HostawayConfig = z.output<typeof hostawayConfig>;
