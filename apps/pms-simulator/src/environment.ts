import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { accountConfig } from './core/account-config.ts';

const fromJson = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' });
    return z.NEVER;
  }
});
const accounts = z.array(accountConfig).refine((all) => new Set(all.map(({ accountId }) => accountId)).size === all.length, {
  message: 'an accountId occurs twice',
});
const fromFile = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    context.addIssue({ code: 'custom', message: `cannot read ${path}` });
    return z.NEVER;
  }
});

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SIMULATOR_ACCOUNTS: fromJson.pipe(accounts).optional(),
  SIMULATOR_ACCOUNTS_FILE: fromFile.pipe(fromJson).pipe(accounts).optional(),
  SIMULATOR_SEED: z.string().min(1).default('1'),
  SIMULATOR_RATE: z.coerce.number().min(0).max(10_000).default(0),
  SIMULATOR_TIME_SCALE: z.coerce.number().positive().max(1).default(1),
  SIMULATOR_CLOCK_BEHIND_MINUTES: z.coerce.number().min(0).max(1_440).default(0),
  SIMULATOR_CLOCK_SPEED: z.coerce.number().min(1).max(1_000).default(1),
  SIMULATOR_WEBHOOK_TIMEOUT_MS: z.coerce.number().int().min(1).optional(),
});

export type Environment = z.output<typeof environment>;

/** All problems at once, one a line. */
export function parseEnvironment(variables: Record<string, string | undefined>): Environment {
  const result = environment.safeParse(variables);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`environment:\n${lines.join('\n')}`);
}
