import { hostaway } from './hostaway/provider.ts';
import type { Provider } from './provider.ts';

/** Asked in this order whose a path is. */
export const PROVIDERS: readonly Provider[] = [hostaway];
