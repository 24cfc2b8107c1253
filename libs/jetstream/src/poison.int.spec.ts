import { eventually, redisServer, spawnedSource, type Spawned } from '@roomwire/testkit';
import { join } from 'node:path';
import { StrategyBench } from './testing/strategy-bench.ts';
import { streamOf } from './topology.ts';

const MESSAGES = 64;
const POISON = 20;

describe('a message that kills whoever handles it', () => {
  it('is dead-lettered as poison after a few starts, and takes no neighbour with it', async () => {
    await using bench = await StrategyBench.start();
    await using redis = await redisServer();
    const t = await bench.tenant();
    // What a dead worker held comes back sooner than in production.
    await (await bench.bus.jsm()).consumers.update(streamOf('WORK', t), 'normalizer-live', { ack_wait: 1_000_000_000 });
    for (let n = 0; n < MESSAGES; n++) await bench.raw(t, { n, poison: n === POISON }, { connection: `c${n}` });
    const worker = (): Spawned => {
      const main = join(import.meta.dirname, 'testing/redis-poisoned-worker.ts');
      return spawnedSource(main, { args: [bench.nats.url, redis.url], name: 'poisoned-worker' });
    };
    const workers = [worker()];
    // As an orchestrator would: started again whenever it has died.
    await eventually(
      async () => {
        if (!workers.at(-1)!.running) workers.push(worker());
        expect(await bench.left('WORK', t)).toBe(0);
      },
      { withinMs: 60_000, everyMs: 50 },
    );
    await workers.at(-1)!.kill();
    const handled = new Set(workers.flatMap(({ lines }) => lines.filter((line) => line.startsWith('handled'))));

    expect(handled.size).toBe(MESSAGES - 1);
    expect(
      (await bench.dead(t)).map(({ reason, data }) => [reason, JSON.parse(new TextDecoder().decode(data)) as unknown]),
    ).toEqual([['poison', { n: POISON, poison: true }]]);
    // Once beside others, and three times alone.
    expect(workers).toHaveLength(5);
  }, 90_000);
});
