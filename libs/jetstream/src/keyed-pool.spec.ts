import fc from 'fast-check';
import { KeyedPool } from './keyed-pool.ts';

type Task = { key: string; turns: number };
const task = fc.record({ key: fc.constantFrom('a', 'b', 'c'), turns: fc.integer({ min: 0, max: 3 }) });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs them all and answers what was seen: who ran beside whom, and in which order each key began. */
async function runAll(tasks: readonly Task[], limit: number) {
  const pool = new KeyedPool(limit);
  const running: string[] = [];
  const began: { key: string; n: number }[] = [];
  let most = 0;
  let twice = false;
  await Promise.all(
    tasks.map(({ key, turns }, n) =>
      pool.run(key, async () => {
        twice ||= running.includes(key);
        running.push(key);
        began.push({ key, n });
        most = Math.max(most, running.length);
        for (let i = 0; i < turns; i++) await turn();
        running.splice(running.indexOf(key), 1);
      }),
    ),
  );
  return { began, most, twice };
}

describe('KeyedPool', () => {
  it('runs every task, one at a time per key and in order, never more than the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(task, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (tasks, limit) => {
        const { began, most, twice } = await runAll(tasks, limit);
        expect(began).toHaveLength(tasks.length);
        expect(most).toBeLessThanOrEqual(limit);
        expect(twice).toBe(false);
        for (const key of ['a', 'b', 'c']) {
          const order = began.filter((one) => one.key === key).map(({ n }) => n);
          expect(order).toEqual([...order].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('uses the whole limit for different keys', async () => {
    const { most } = await runAll(
      ['a', 'b', 'c', 'd'].map((key) => ({ key, turns: 2 })),
      3,
    );
    expect(most).toBe(3);
  });

  it('a key that is held up does not hold up others', async () => {
    const pool = new KeyedPool(2);
    const { promise: never } = Promise.withResolvers<void>();
    void pool.run('stuck', () => never);
    void pool.run('stuck', () => Promise.resolve());

    await expect(Promise.all(Array.from({ length: 20 }, () => pool.run('other', turn)))).resolves.toHaveLength(20);
  });

  it('runs along with the next one of a key what is of the same, in one place, and nothing else of that key', async () => {
    const pool = new KeyedPool(2, 3);
    const turns: string[][] = [];
    const running: string[] = [];
    const begin = (name: string) => async (): Promise<void> => {
      running.push(name);
      await turn();
      // Whoever ends first tells who ran beside it.
      if (running.length > 0) turns.push(running.splice(0));
    };
    const names = ['a:x1', 'a:x2', 'a:y1', 'a:x3', 'a:x4', 'a:x5', 'a:y2'];
    await Promise.all(names.map((name) => pool.run(name[0]!, begin(name), name.slice(0, 3))));

    expect(turns).toEqual([
      ['a:x1', 'a:x2', 'a:x3'],
      ['a:y1', 'a:y2'],
      ['a:x4', 'a:x5'],
    ]);
  });

  it('a task that throws holds up neither its key nor its place', async () => {
    const pool = new KeyedPool(1);
    const failed = expect(pool.run('a', () => Promise.reject(new Error('planted')))).rejects.toThrow('planted');

    await expect(Promise.all([pool.run('a', turn), pool.run('b', turn)])).resolves.toHaveLength(2);
    await failed;
  });
});
