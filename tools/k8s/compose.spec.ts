import type { Shape } from '@roomwire/chassis';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shapes } from '../docs/tables.ts';
import { composeProblems } from './compose-policy.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('deploy/compose.yaml', () => {
  const compose = read('deploy/compose.yaml');
  let known: Record<string, Shape>;
  let made: string[];
  beforeAll(async () => {
    known = await shapes();
    const { stdout } = spawnSync(process.execPath, [join(root, 'deploy/new-secrets.mjs')], { encoding: 'utf8' });
    made = [...stdout.matchAll(/^([A-Z_]+)=.+$/gm)].map(([, name]) => name!);
  });

  it('keeps the house’s rules', () => {
    expect(composeProblems(compose, known, made)).toEqual([]);
  });

  it('gives nats-server every password that its file names', () => {
    const named = new Set([...read('deploy/nats.conf').matchAll(/\$(NATS_PASSWORD_\w+)/g)].map(([, name]) => name!));

    expect([...named].filter((name) => !compose.includes(`${name}: \${${name}:?`))).toEqual([]);
    expect(named.size).toBe(7);
  });

  it('starts Redis as the cluster of k8s does, and as deploy/README.md says', () => {
    const [here, there] = [compose, read('k8s/components/backends/redis.yaml')].map((file) => redisOptions(file));

    expect(here).toEqual(there);
    for (const [, name, value] of here!.matchAll(/--(maxmemory-policy|hash-\S+) (\S+)/g))
      expect(read('deploy/README.md')).toContain(`${name} ${value}`);
    expect(here).toContain('--hash-max-listpack-value');
  });

  it.each([
    ['a service that is left out', /^ {2}propagator:$/m, '  screens:', 'propagator: is not there'],
    [
      'a password in clear',
      '${NATS_PASSWORD_REGISTRY:?see deploy/README.md}\n      REDIS_URL',
      'x\n      REDIS_URL',
      'registry: NATS_PASSWORD is in clear',
    ],
    [
      'a password that may be empty',
      '${ROOMWIRE_VAULT_KEYS:?see deploy/README.md}',
      '${ROOMWIRE_VAULT_KEYS:-}',
      'token-vault: ROOMWIRE_VAULT_KEYS is in clear',
    ],
    ['a variable that nobody knows', 'EGRESS_ID:', 'EGRES_ID:', 'token-vault: knows no variable EGRES_ID'],
    ['a required variable that is not set', /^ {6}REDIS_URL:.*$/m, '', 'token-vault: REDIS_URL is not set'],
    ['a broker that is published', 'command: [-c,', "ports: ['4222:4222']\n    command: [-c,", 'nats: publishes 4222:4222'],
    [
      'a port on every address',
      '${PUBLISH_ADDRESS:-127.0.0.1}:${REGISTRY_PORT',
      '0.0.0.0:${REGISTRY_PORT',
      'registry: publishes 0.0.0.0:${REGISTRY_PORT:-4103}:8080',
    ],
    [
      'metrics on a port that is published',
      /METRICS_PORT: '9464'(?=\n.*\n.*_REGISTRY)/,
      "METRICS_PORT: '8080'",
      'registry: publishes its metrics',
    ],
    [
      'a root file system that can be written',
      '  read_only: true',
      '  read_only: false',
      'registry: can write to its root file system',
    ],
    ['capabilities that are kept', 'cap_drop: [ALL]', 'cap_drop: []', 'nats: keeps capabilities'],
    [
      'a stop that cuts draining short',
      'stop_grace_period: 11s',
      'stop_grace_period: 5s',
      'normalizer: is killed while it drains',
    ],
    ['the tag latest', 'nats:2.14-alpine', 'nats:latest', 'nats: image ${NATS_IMAGE:-nats:latest} has no tag that stays'],
    ['a secret that nobody makes', '${ROOMWIRE_TICKET_KEY:?', '${TICKET_KEY:?', 'TICKET_KEY: nobody makes it'],
  ])('finds %s', (_mistake, from, to, found) => {
    const planted = compose.replace(from, () => to);

    expect(planted).not.toBe(compose);
    expect(composeProblems(planted, known, made)).toContain(found);
  });
});

/** What follows `redis-server`, in one line. */
const redisOptions = (file: string): string => /exec redis-server ([^<]*)<</.exec(file)![1]!.replaceAll(/\s*\\\n\s*/g, ' ');
