import { Redis } from 'ioredis';
import { existsSync } from 'node:fs';
import { redisServer, type RedisServer } from './redis-server.ts';

async function ask<T>(server: RedisServer, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

describe('redisServer', () => {
  it('refuses writes rather than evict', async () => {
    await using server = await redisServer();

    expect(await ask(server, (redis) => redis.config('GET', 'maxmemory-policy'))).toEqual(['maxmemory-policy', 'noeviction']);
  });

  it('forgets everything over a kill -9, on the same port', async () => {
    await using server = await redisServer();
    await ask(server, (redis) => redis.set('a', '1'));
    const { port } = server;

    await server.kill();
    await server.start();

    expect(server.port).toBe(port);
    expect(await ask(server, (redis) => redis.get('a'))).toBeNull();
  });

  it('keeps everything over a kill -9 with an append-only file', async () => {
    await using server = await redisServer({ appendOnly: true });
    await ask(server, (redis) => redis.set('a', '1'));

    await server.kill();
    await server.start();

    expect(await ask(server, (redis) => redis.get('a'))).toBe('1');
  });

  it('shows the log when it cannot start, and leaves nothing behind', async () => {
    await expect(redisServer({ args: ['--no-such-setting', '1'] })).rejects.toThrow(/no-such-setting/);
  });

  it('is gone with its folder when disposed', async () => {
    const server = await redisServer();

    await server[Symbol.asyncDispose]();

    expect(server.process.running).toBe(false);
    expect(existsSync(server.folder)).toBe(false);
  });
});
