import { ANSWER_WITHIN_MS, afterTry, RETRIES_MAX, type TryResult } from './retry.ts';

const waits = (result: TryResult, timeScale = 1): number[] => {
  const all: number[] = [];
  for (let tries = 1; ; tries++) {
    const verdict = afterTry(result, tries, timeScale);
    if (verdict.kind !== 'again') return all;
    all.push(verdict.afterMs);
  }
};

describe('afterTry', () => {
  it.each([200, 201, 204, 299])('is done with %i', (status) => {
    expect(afterTry({ status }, 1, 1)).toEqual({ kind: 'done' });
  });

  it.each([300, 302, 400, 401, 403, 404, 409, 410, 422])('never tries again after %i', (status) => {
    expect(afterTry({ status }, 1, 1)).toEqual({ kind: 'given-up', permanent: true });
  });

  it.each<TryResult>([{ status: 500 }, { status: 503 }, { status: 429 }, { failure: 'network' }, { failure: 'timeout' }])(
    'tries three times more after %j: first a minute later, then exponentially, all inside an hour',
    (result) => {
      const all = waits(result);

      expect(all).toEqual([60_000, 360_000, 2_160_000]);
      expect(all).toHaveLength(RETRIES_MAX);
      expect(all.reduce((sum, wait) => sum + wait + ANSWER_WITHIN_MS, 0)).toBeLessThan(3_600_000);
    },
  );

  it('waits as much shorter as the time scale says', () => {
    expect(waits({ status: 500 }, 0.01)).toEqual([600, 3_600, 21_600]);
  });
});
