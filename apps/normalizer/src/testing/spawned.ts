import { passwordVariable, USERS } from '@roomwire/jetstream';
import { spawnedSource, type NatsServer, type RedisServer, type Spawned } from '@roomwire/testkit';
import { join } from 'node:path';

export const password = (user: string): string => `placeholder-of-${user}`;
/** What a nats-server that runs with our own nats.conf reads from its environment. */
export const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));

/** The service itself, beside real servers. */
export function normalizer(nats: NatsServer, redis: RedisServer, env: Record<string, string> = {}): Spawned {
  const own = {
    NATS_URL: nats.url,
    NATS_USER: '',
    NATS_PASSWORD: password('normalizer'),
    REDIS_URL: redis.url,
    PORT: '',
    LOG_LEVEL: 'info',
  };
  return spawnedSource(join(import.meta.dirname, '../main.ts'), { env: { ...own, ...env }, name: 'normalizer' });
}
