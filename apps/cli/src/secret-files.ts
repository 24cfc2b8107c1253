import type { WebhookSecret } from '@roomwire/vault-client';
import { z } from 'zod';
import { Failure } from './core/failure.ts';
import { secret, webhookSecret, type Secret } from './core/provision-file.ts';
import { jsonOf, textOf } from './input-file.ts';
import { Secrets } from './secrets.ts';
import type { Terminal } from './terminal.ts';

const credentials = z.record(z.string().min(1).max(64), secret);

/** Credentials in a file or on standard input: each field is the secret itself, or where it is. @throws {Failure} usage */
export function credentialsIn(path: string | undefined, terminal: Terminal): Promise<Record<string, string> | undefined> {
  return secretsIn(path, credentials, 'expected {"field": "text"}, {"env": "NAME"} or {"file": "path"} for each', terminal);
}

/** What a provider's webhooks are checked with; the same way. @throws {Failure} usage */
export async function webhookSecretIn(path: string | undefined, terminal: Terminal): Promise<WebhookSecret | undefined> {
  return (await secretsIn(path, webhookSecret, 'expected {"login": …, "password": …} or {"key": …}', terminal)) as
    WebhookSecret | undefined;
}

/** Undefined where no file is named. Nothing of the text is quoted. */
async function secretsIn<T extends Record<string, Secret>>(
  path: string | undefined,
  schema: z.ZodType<T>,
  expected: string,
  terminal: Terminal,
): Promise<Record<string, string> | undefined> {
  if (path === undefined) return undefined;
  const parsed = schema.safeParse(jsonOf(await textOf(path, terminal), path));
  if (!parsed.success) throw new Failure('usage', `${path} is not valid`, [expected]);
  const secrets = new Secrets(terminal);
  const found = await secrets.findAll(parsed.data, path);
  if (secrets.problems.length > 0) throw new Failure('usage', `${path}: secrets are missing`, secrets.problems);
  return found;
}
