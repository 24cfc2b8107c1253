import type { WebhookSecret } from '@roomwire/vault-client';
import { Failure } from './core/failure.ts';
import { problemsOf, provisionFile, type DeclaredConnection, type DeclaredTenant } from './core/provision-file.ts';
import { jsonOf, textOf } from './input-file.ts';
import { Secrets } from './secrets.ts';
import type { Terminal } from './terminal.ts';

export type ReadyConnection = {
  declared: DeclaredConnection;
  credentials?: Record<string, string>;
  webhookSecret?: WebhookSecret;
};
/** A declared tenant with its secrets at hand. */
export type ReadyTenant = { declared: DeclaredTenant; apiToken?: string; connections: ReadyConnection[] };

/** @throws {Failure} usage: names every bad field and every secret that cannot be found, before anything is touched */
export async function readProvisionFile(path: string, terminal: Terminal): Promise<ReadyTenant[]> {
  const parsed = provisionFile.safeParse(jsonOf(await textOf(path, terminal), path));
  if (!parsed.success) throw new Failure('usage', `${path} is not valid`, problemsOf(parsed.error));

  const secrets = new Secrets(terminal);
  const ready = await Promise.all(parsed.data.tenants.map((tenant, index) => readyTenant(tenant, `tenants[${index}]`, secrets)));
  if (secrets.problems.length > 0) throw new Failure('usage', `${path}: secrets are missing`, secrets.problems);
  return ready;
}

async function readyTenant(declared: DeclaredTenant, path: string, secrets: Secrets): Promise<ReadyTenant> {
  const connections = await Promise.all(
    declared.connections.map((connection, index) => readyConnection(connection, `${path}.connections[${index}]`, secrets)),
  );
  if (declared.apiToken === undefined) return { declared, connections };

  const apiToken = await secrets.find(declared.apiToken, `${path}.apiToken`);
  if (apiToken !== '' && !new RegExp(`^rw_${declared.id}_[A-Za-z0-9_-]{43}$`).test(apiToken))
    secrets.problems.push(`${path}.apiToken: expected rw_${declared.id}_ and 43 of A-Z, a-z, 0-9, - and _`);
  return { declared, apiToken, connections };
}

async function readyConnection(declared: DeclaredConnection, path: string, secrets: Secrets): Promise<ReadyConnection> {
  const { credentials, webhookSecret } = declared;
  return {
    declared,
    ...(credentials ? { credentials: await secrets.findAll(credentials, `${path}.credentials`) } : {}),
    ...(webhookSecret ? { webhookSecret: (await secrets.findAll(webhookSecret, `${path}.webhookSecret`)) as WebhookSecret } : {}),
  };
}
