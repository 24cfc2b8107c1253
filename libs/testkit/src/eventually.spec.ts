import { elapsed, eventually } from './eventually.ts';

describe('eventually', () => {
  it('runs the assertion again until it holds, and answers what it answered', async () => {
    let calls = 0;

    const answer = await eventually(
      () => {
        calls += 1;
        expect(calls).toBe(3);
        return 'held';
      },
      { everyMs: 1 },
    );

    expect(answer).toBe('held');
  });

  it('fails with the last failure when it does not hold in time', async () => {
    const never = (): never => {
      throw new Error('still empty');
    };

    await expect(eventually(never, { withinMs: 20, everyMs: 5 })).rejects.toThrow('not within 20 ms: still empty');
  });

  it('runs the assertion once even where no time is given', async () => {
    await expect(eventually(() => Promise.resolve(1), { withinMs: 0 })).resolves.toBe(1);
  });
});

describe('elapsed', () => {
  it('ends when the time has gone by, never before', async () => {
    const began = performance.now();
    await elapsed(15);
    expect(performance.now() - began).toBeGreaterThanOrEqual(15);
  });

  it('counts from the moment it is given', async () => {
    const began = performance.now();
    await elapsed(60_000, began - 60_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
