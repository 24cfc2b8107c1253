import { runService } from '@roomwire/chassis';
import { adapterOf } from '@roomwire/pms-adapters';
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

/** The vault as it runs, with a provider of every kind. */
await runService('token-vault', { ...environment, SPEC_TIMES: times }, (env, given) =>
  tokenVault((provider) => kinds[provider] ?? adapterOf(provider), env.SPEC_TIMES)(env, given),
);
