import { z } from 'zod';
import { beds24Config } from './beds24/config.ts';
import { cloudbedsConfig } from './cloudbeds/config.ts';
import { hostawayConfig } from './hostaway/config.ts';
import { mewsConfig } from './mews/config.ts';
import { smoobuConfig } from './smoobu/config.ts';

const configs = z.discriminatedUnion('provider', [hostawayConfig, mewsConfig, beds24Config, smoobuConfig, cloudbedsConfig]);

/** An account that does not say whose it is, is Hostaway's: the simulator's first. */
export const accountConfig = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && !('provider' in value) ? { provider: 'hostaway', ...value } : value),
  configs,
);

export type AccountConfig = z.output<typeof configs>;
export type ProviderName = AccountConfig['provider'];

type Said = z.input<typeof configs>;
type HostawaySaid = Omit<z.input<typeof hostawayConfig>, 'provider'> & { provider?: 'hostaway' };
export type AccountRequest = HostawaySaid | Exclude<Said, { provider: 'hostaway' }>;
