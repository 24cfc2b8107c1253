import { redisServer, type RedisServer } from '@roomwire/testkit';
import { Redis } from 'ioredis';

/** A server of the spec's own and a connection to it, empty before each test. To be called where hooks may stand. */
export function redisOfSpec(): { readonly server: RedisServer; readonly redis: Redis } {
  const held = {} as { server: RedisServer; redis: Redis };
  beforeAll(async () => {
    held.server = await redisServer();
    held.redis = new Redis(held.server.url);
  });
  beforeEach(() => held.redis.flushall());
  afterAll(async () => {
    held.redis?.disconnect();
    await held.server?.[Symbol.asyncDispose]();
  });
  return held;
}
