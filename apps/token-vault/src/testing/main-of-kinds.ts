import { runService } from '@roomwire/chassis';
import { adapterOf } from '@roomwire/pms-adapters';
import type { PmsAdapter } from '@roomwire/pms-port';
import { z } from 'zod';
import { tokenVault } from '../app.module.ts';
import { TIMES, type Times } from '../core/intent.ts';
import { environment } from '../environment.ts';
import { kinds } from './kinds.ts';

const times = z
  .string()
  .transform((text): Times => ({ ...TIMES, ...(JSON.parse(text) as Partial<Times>) }))
  .default(TIMES)
  .describe('of intents, for specs that have less patience');

const idleLife = z.coerce
  .number()
  .optional()
  .describe('ms for which a refresh token lives unused, for specs that do not wait for a month');

function withIdleLife(adapter: PmsAdapter | undefined, idleLifeMs: number | undefined): PmsAdapter | undefined {
  if (!adapter?.token || !('grantRequest' in adapter.token) || idleLifeMs === undefined) return adapter;
  return { ...adapter, token: { ...adapter.token, idleLifeMs } };
}

/** The vault as it runs, with a provider of every kind. */
await runService('token-vault', { ...environment, SPEC_TIMES: times, SPEC_IDLE_LIFE_MS: idleLife }, (env, given) => {
  const adapters = (provider: string) => withIdleLife(kinds[provider] ?? adapterOf(provider), env.SPEC_IDLE_LIFE_MS);
  return tokenVault(adapters, env.SPEC_TIMES)(env, given);
});
