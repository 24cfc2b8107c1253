import fc from 'fast-check';
import { Alone } from './alone.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const job = fc.record({
  suspect: fc.boolean(),
  turns: fc.integer({ min: 0, max: 3 }),
  afterTurns: fc.integer({ min: 0, max: 4 }),
});

describe('Alone', () => {
  it('a suspect is never beside anybody, and nobody begins while one waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(job, { maxLength: 15 }), async (jobs) => {
        const alone = new Alone(60_000);
        let running = 0;
        let waiting = 0;
        let ended = 0;
        const seen: string[] = [];
        const begin = async (suspect: boolean, turns: number): Promise<void> => {
          if (suspect) waiting--;
          if (suspect && running > 0) seen.push('a suspect began beside somebody');
          if (!suspect && waiting > 0) seen.push('somebody began while a suspect waited');
          running++;
          for (let i = 0; i < turns; i++) {
            await turn();
            if (suspect && running > 1) seen.push('somebody began beside a suspect');
          }
          running--;
          ended++;
        };
        await Promise.all(
          jobs.map(async ({ suspect, turns, afterTurns }) => {
            for (let i = 0; i < afterTurns; i++) await turn();
            if (suspect) waiting++;
            await (suspect ? alone.alone('a', () => begin(true, turns)) : alone.withOthers(() => begin(false, turns)));
          }),
        );
        expect(seen).toEqual([]);
        expect(ended).toBe(jobs.length);
      }),
    );
  });

  it('lets ordinary work run side by side', async () => {
    const alone = new Alone();
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await turn();
      running--;
    };
    await Promise.all([1, 2, 3].map(() => alone.withOthers(work)));
    expect(most).toBe(3);
  });

  it('goes on after work that throws', async () => {
    const alone = new Alone();
    const bad = (): Promise<void> => Promise.reject(new Error('planted'));
    await expect(alone.alone('a', bad)).rejects.toThrow('planted');
    await expect(alone.withOthers(bad)).rejects.toThrow('planted');

    expect(await alone.alone('a', () => Promise.resolve(1))).toBe(1);
    expect(await alone.withOthers(() => Promise.resolve(2))).toBe(2);
  });

  const never = (): Promise<void> => new Promise(() => undefined);

  it('waits for nobody for ever: neither a suspect for work that hangs, nor anybody for a suspect that does', async () => {
    const alone = new Alone(5);
    void alone.withOthers(never);
    expect(await alone.alone('a', () => Promise.resolve('a suspect'))).toBe('a suspect');

    void alone.alone('a', never);
    expect(await alone.alone('b', () => Promise.resolve('another'))).toBe('another');
    expect(await alone.withOthers(() => Promise.resolve('ordinary'))).toBe('ordinary');
  });

  it('does not wait for each of many: a consumer of which one suspect hangs costs the others one moment', async () => {
    const alone = new Alone(200);
    const began = performance.now();
    for (let i = 0; i < 100; i++) void alone.alone('a', never);
    for (let i = 0; i < 100; i++) await alone.alone('b', () => Promise.resolve());

    // A hundred moments of each would be forty seconds.
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('lets a consumer have its suspects alone again when none hangs any more', async () => {
    const alone = new Alone(5);
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = alone.alone('a', () => promise);
    await alone.alone('b', () => Promise.resolve());
    resolve();
    await first;
    const seen: string[] = [];
    const suspect = alone.alone('a', async () => {
      await turn();
      seen.push('the suspect');
    });
    await Promise.all([suspect, alone.withOthers(async () => void seen.push('its neighbour'))]);

    expect(seen).toEqual(['the suspect', 'its neighbour']);
  });
});
