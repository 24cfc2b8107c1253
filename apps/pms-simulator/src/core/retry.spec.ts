import { afterTry, ANSWER_WITHIN_MS, evenly, RETRIES_MAX, type TryResult } from './retry.ts';

const waits = (result: TryResult): number[] => {
  const all: number[] = [];
  for (let tries = 1; ; tries++) {
    const verdict = afterTry(result, tries);
    if (verdict.kind !== 'again') return all;
    all.push(verdict.afterMs);
  }
};

describe('afterTry', () => {
  it.each([200, 201, 204, 299])('is done with %i', (status) => {
    expect(afterTry({ status }, 1)).toEqual({ kind: 'done' });
  });

  it.each([300, 302, 400, 401, 403, 404, 409, 410, 422])('never tries again after %i', (status) => {
    expect(afterTry({ status }, 1)).toEqual({ kind: 'given-up', permanent: true });
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
});

describe('evenly', () => {
  it('tries so many times in all, with the same wait between', () => {
    const verdicts = [1, 2, 3].map((tries) => evenly(false, tries, { attempts: 3, everyMs: 60_000 }).kind);

    expect(verdicts).toEqual(['again', 'again', 'given-up']);
    expect(evenly(true, 1, { attempts: 3, everyMs: 60_000 })).toEqual({ kind: 'done' });
  });
});
