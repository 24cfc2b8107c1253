import fc from 'fast-check';
import { backoffMs, DEFAULT_RETRY } from './backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempt = fc.integer({ min: 1, max: 10_000 });

describe('backoff', () => {
  it('doubles from the first delay to the bound', () => {
    const delays = [1, 2, 3, 7, 8, 9, 1_000].map((n) => backoffMs(n, DEFAULT_RETRY, 0.5));
    expect(delays).toEqual([500, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('is spread by a tenth to either side and never more', () => {
    fc.assert(
      fc.property(attempt, random, (n, r) => {
        const middle = backoffMs(n, DEFAULT_RETRY, 0.5);
        expect(Math.abs(backoffMs(n, DEFAULT_RETRY, r) - middle)).toBeLessThanOrEqual(middle / 10 + 1);
      }),
    );
    expect(backoffMs(1, DEFAULT_RETRY, 0)).toBe(450);
    expect(backoffMs(1, DEFAULT_RETRY, 0.999)).toBe(550);
  });

  it('never falls from one attempt to the next', () => {
    fc.assert(
      fc.property(attempt, random, (n, r) => {
        expect(backoffMs(n + 1, DEFAULT_RETRY, r)).toBeGreaterThanOrEqual(backoffMs(n, DEFAULT_RETRY, r));
      }),
    );
  });
});
