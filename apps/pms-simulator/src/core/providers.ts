import { beds24 } from './beds24/provider.ts';
import { cloudbeds } from './cloudbeds/provider.ts';
import { hostaway } from './hostaway/provider.ts';
import { mews } from './mews/provider.ts';
import type { Provider } from './provider.ts';
import { smoobu } from './smoobu/provider.ts';

/** Asked in this order whose a path is: Smoobu's /api is also the beginning of others'. */
export const PROVIDERS: readonly Provider[] = [hostaway, mews, beds24, cloudbeds, smoobu];
