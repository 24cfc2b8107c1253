/**
 * Secrets of a new installation. Plain Node, no packages.
 *   node deploy/new-secrets.mjs > deploy/.env                                              for Compose, one NAME=value a line
 *   node deploy/new-secrets.mjs --kubernetes | kubectl -n roomwire-dev apply -f -          one Secret a service, as k8s/ names them
 * A vault key that is lost takes every sealed credential with it: keep a copy where secrets are kept.
 */
import { randomBytes } from 'node:crypto';

/** nats-server reads a variable as it reads its file: a letter first, then letters and digits only. Fit for a URL too. */
const password = () => `p${randomBytes(24).toString('hex')}`;

const services = ['ingest-gateway', 'normalizer', 'registry', 'propagator', 'token-vault', 'sync-worker'];
const nats = Object.fromEntries([...services, 'operator'].map((user) => [user, password()]));
const natsVariables = Object.fromEntries(
  Object.entries(nats).map(([user, value]) => [`NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`, value]),
);
const redis = { REDIS_PASSWORD: password() };
const vault = { ROOMWIRE_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}` };
const ticket = { ROOMWIRE_TICKET_KEY: randomBytes(32).toString('base64url') };

process.stdout.write(process.argv[2] === '--kubernetes' ? forKubernetes() : forCompose());

function forCompose() {
  const all = { ...natsVariables, ...redis, ...vault, ...ticket };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** REDIS_URL is that of k8s/components/backends; where Redis is another, change it there. */
function forKubernetes() {
  const url = { REDIS_URL: `redis://:${redis.REDIS_PASSWORD}@redis:6379` };
  const more = { normalizer: url, registry: url, 'sync-worker': url, propagator: ticket, 'token-vault': { ...url, ...vault } };
  const items = [
    ...Object.entries(nats).map(([user, value]) => secret(user, { NATS_PASSWORD: value, ...more[user] })),
    secret('nats', natsVariables),
    secret('redis', redis),
  ];
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}

function secret(name, stringData) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: `roomwire-${name}` }, type: 'Opaque', stringData };
}
