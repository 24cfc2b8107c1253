import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildSpec } from './child.ts';
import type { Ports } from './ports.ts';
import { passwordVariable, type Secrets } from './secrets.ts';

export type Place = {
  root: string;
  data: string;
  ports: Ports;
  secrets: Secrets;
  natsConf: string;
  /** Programs run from `dist`. */ bundles: boolean;
};

/** A nats-server on deploy/nats.conf or what stands in for it, with one user per service as in production. */
export function natsServer({ natsConf, data, ports, secrets }: Place): ChildSpec {
  mkdirSync(join(data, 'nats'), { recursive: true });
  return {
    name: 'nats-server',
    command: process.env.NATS_SERVER_BIN ?? 'nats-server',
    args: ['-c', natsConf, '-a', '127.0.0.1', '-p', String(ports.nats), '-sd', join(data, 'nats')],
    env: Object.fromEntries(Object.entries(secrets.natsPasswords).map(([user, password]) => [passwordVariable(user), password])),
    logFile: join(data, 'logs/nats-server.log'),
    ready: /Server is ready/,
  };
}

/** A Redis that forgets at most a second, and nothing to make room; a record lies in one piece (docs/adr/0038-a-record-in-one-piece.md). */
export function redisServer({ data, ports, secrets }: Place): ChildSpec {
  mkdirSync(join(data, 'redis'), { recursive: true });
  const settings = {
    ...{ port: String(ports.redis), bind: '127.0.0.1', dir: join(data, 'redis'), requirepass: secrets.redisPassword },
    ...{ appendonly: 'yes', appendfsync: 'everysec', save: '', 'maxmemory-policy': 'noeviction' },
    ...{ 'hash-max-listpack-value': '8192', 'hash-max-listpack-entries': '24' },
  };
  return {
    name: 'redis-server',
    command: process.env.REDIS_SERVER_BIN ?? 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    logFile: join(data, 'logs/redis-server.log'),
    ready: /Ready to accept connections/,
  };
}
