/**
 * node deploy/new-secrets.mjs > deploy/.env     Secrets of a new installation, one `NAME=value` a line, for Compose and for k8s/.
 * Plain Node, no packages. A vault key that is lost takes every sealed credential with it: keep a copy where secrets are kept.
 */
import { randomBytes } from 'node:crypto';

const USERS = ['INGEST_GATEWAY', 'NORMALIZER', 'REGISTRY', 'PROPAGATOR', 'TOKEN_VAULT', 'SYNC_WORKER', 'OPERATOR'];
/** nats-server reads a variable as it reads its file: a letter first, then letters and digits only. Fit for a URL too. */
const password = () => `p${randomBytes(24).toString('hex')}`;

const lines = [
  ...USERS.map((user) => `NATS_PASSWORD_${user}=${password()}`),
  `REDIS_PASSWORD=${password()}`,
  `ROOMWIRE_VAULT_KEYS=k1:${randomBytes(32).toString('base64')}`,
  `ROOMWIRE_TICKET_KEY=${randomBytes(32).toString('base64url')}`,
];
process.stdout.write(`${lines.join('\n')}\n`);
