import type { ProviderId } from '@roomwire/events';
import type { PmsAdapter } from '@roomwire/pms-port';
import { beds24 } from './beds24/adapter.ts';
import { cloudbeds } from './cloudbeds/adapter.ts';
import { hostaway } from './hostaway/adapter.ts';
import { internal } from './internal/adapter.ts';
import { memory } from './memory/adapter.ts';
import { mews } from './mews/adapter.ts';
import { smoobu } from './smoobu/adapter.ts';

/** Adding a provider is adding a folder, and its line here. */
export const adapters = { beds24, cloudbeds, hostaway, internal, memory, mews, smoobu } as const satisfies Partial<
  Record<ProviderId, PmsAdapter>
>;

/** The adapter of a provider; undefined for those that have none yet, and for any other text. */
export function adapterOf(provider: string): PmsAdapter | undefined {
  return Object.hasOwn(adapters, provider) ? adapters[provider as keyof typeof adapters] : undefined;
}

export { beds24, cloudbeds, hostaway, internal, memory, mews, smoobu };
