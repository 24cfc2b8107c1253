import { createLog } from '@roomwire/telemetry';
import { eventually, redisServer, type RedisServer } from '@roomwire/testkit';
import { Redis } from 'ioredis';
import { connectRedis } from './redis.ts';

const loadedPercent = (info: string): number => Number(/loading_loaded_perc:([\d.]+)/.exec(info)?.[1] ?? 0);

describe('connectRedis', () => {
  let server: RedisServer;
  const lines: string[] = [];
  const log = createLog('spec', 'info', { write: (line: string) => void lines.push(line) });
  beforeAll(async () => void (server = await redisServer()));
  afterAll(() => server[Symbol.asyncDispose]());

  const clients: { disconnect(): void }[] = [];
  const client = async () => {
    const redis = await connectRedis(server.url, { log, role: 'spec' });
    clients.push(redis);
    return redis;
  };
  // Also after a failure: a client that reconnects for ever keeps its process.
  afterEach(() => clients.splice(0).forEach((redis) => redis.disconnect()));

  it('fails at once while the server is away, queues nothing, and works again when it is back', async () => {
    const redis = await client();
    await redis.set('kept', '1');
    await server.kill();
    await eventually(() => expect(redis.status).not.toBe('ready'));

    const asked = performance.now();
    await expect(redis.incr('kept')).rejects.toThrow(/writeable|Connection is closed/);
    expect(performance.now() - asked).toBeLessThan(500);

    await server.start();
    await eventually(async () => expect(await redis.ping()).toBe('PONG'));
    expect(lines.filter((line) => line.includes('connection closed'))).toHaveLength(1);
  });

  it('is back once Redis has read its data, and does not believe how long that will take', async () => {
    await using slow = await redisServer({ appendOnly: true, args: ['--key-load-delay', '500'] });
    const redis = await connectRedis(slow.url, { log, role: 'spec' });
    const bare = new Redis(slow.url, { enableReadyCheck: false, retryStrategy: () => 50, maxRetriesPerRequest: null });
    clients.push(redis, bare);
    const pipeline = bare.pipeline();
    for (let i = 0; i < 20_000; i++) pipeline.set(`key-${i}`, 'x');
    await pipeline.exec();
    await slow.kill();

    const back = slow.start();
    // Ten seconds of it: it has been asked at least once by now, and has said so.
    await eventually(async () => expect(loadedPercent(await bare.info('persistence'))).toBeGreaterThan(20), { withinMs: 20_000 });
    await bare.config('SET', 'key-load-delay', '0');
    await back;
    await eventually(async () => expect(await redis.ping()).toBe('PONG'), { withinMs: 3_000 });
  }, 60_000);

  it("sends the commands of one turn in one write, and the next turn's without waiting for their answers", async () => {
    const redis = await client();
    await redis.set('n', '0');
    let written = 0;
    const socket = redis.stream as unknown as Record<'_write' | '_writev', (...args: unknown[]) => void>;
    for (const name of ['_write', '_writev'] as const) {
      const write = socket[name].bind(socket);
      socket[name] = (...args) => {
        written += 1;
        write(...args);
      };
    }
    server.pause();
    const first = Promise.all(Array.from({ length: 10 }, () => redis.incr('n')));
    await eventually(() => expect(written).toBe(1));
    const second = redis.incr('n');
    await eventually(() => expect(written).toBe(2));

    server.resume();
    expect([...(await first), await second]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('fails what is on its way when the connection breaks, and does not send it twice', async () => {
    const redis = await client();
    await redis.set('n', '0');
    server.pause();
    const onItsWay = redis.incr('n').catch((error: unknown) => error);
    redis.stream.destroy();

    expect(await onItsWay).toBeInstanceOf(Error);
    server.resume();
    await eventually(async () => expect(Number(await redis.get('n'))).toBeLessThanOrEqual(1));
  });
});
