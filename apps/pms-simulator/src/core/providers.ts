import { beds24 } from './beds24/provider.ts';
import { hostaway } from './hostaway/provider.ts';
import { mews } from './mews/provider.ts';
import type { Provider } from './provider.ts';
import { smoobu } from './smoobu/provider.ts';

/** Asked in this order whose a path is. */
export const PROVIDERS: readonly Provider[] = [hostaway, mews, beds24, smoobu];
