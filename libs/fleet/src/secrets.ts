import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NATS_USERS = ['ingest-gateway', 'normalizer', 'registry', 'propagator', 'token-vault', 'sync-worker', 'operator'] as const;

/** What a fleet keeps between two starts on one data folder: who can prove what to whom. */
export type Secrets = {
  natsPasswords: Record<(typeof NATS_USERS)[number], string>;
  redisPassword: string;
  vaultKeys: string;
  ticketKey: string;
  apiTokens: Record<string, string>;
  webhookPasswords: Record<string, string>;
  clientSecrets: Record<string, string>;
};

const secret = () => randomBytes(24).toString('base64url');
/** nats-server reads a variable as it reads its file: what begins like a number, or with a dash, would be one. */
const natsSecret = () => `p${randomBytes(24).toString('hex')}`;

/** Read from the folder, or made and written there for its owner's eyes only. */
export function secretsOf(folder: string, tenants: readonly string[]): Secrets {
  const file = join(folder, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const each = (make: (tenant: string) => string) => Object.fromEntries(tenants.map((tenant) => [tenant, make(tenant)]));
  const made: Secrets = {
    natsPasswords: Object.fromEntries(NATS_USERS.map((user) => [user, natsSecret()])) as Secrets['natsPasswords'],
    redisPassword: secret(),
    vaultKeys: `k1:${randomBytes(32).toString('base64')}`,
    ticketKey: randomBytes(32).toString('base64'),
    apiTokens: each((tenant) => `rw_${tenant}_${randomBytes(32).toString('base64url')}`),
    webhookPasswords: each(secret),
    clientSecrets: each(secret),
  };
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
}

/** As deploy/nats.conf names it. Once more than in libs/jetstream: what starts a fleet for black-box tests imports nothing of ours. */
export const passwordVariable = (user: string): string => `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`;
