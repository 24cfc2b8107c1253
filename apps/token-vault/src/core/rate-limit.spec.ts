import fc from 'fast-check';
import { RateLimit } from './rate-limit.ts';

const known = new Set(['sync-worker', 'operator']);

describe('RateLimit', () => {
  it('never lets through more than its rate, however the requests come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(300), { maxLength: 200 }), (perSecond, gaps) => {
        const limit = new RateLimit(perSecond, known);
        let now = 0;
        const passed = gaps.map((gap) => ((now += gap), limit.waitMs('sync-worker', now) === 0 ? now : undefined));
        for (const from of passed.filter((at) => at !== undefined)) {
          const within = passed.filter((at) => at !== undefined && at >= from && at < from + 1_000).length;
          expect(within).toBeLessThanOrEqual(2 * perSecond);
        }
        expect(passed.filter((at) => at !== undefined).length).toBeLessThanOrEqual(perSecond + (now / 1000) * perSecond);
      }),
    );
  });

  it('says when to ask again, and lets then', () => {
    const limit = new RateLimit(2, known);
    expect([limit.waitMs('operator', 0), limit.waitMs('operator', 0), limit.waitMs('operator', 0)]).toEqual([0, 0, 500]);
    expect(limit.waitMs('operator', 499)).toBeGreaterThan(0);
    expect(limit.waitMs('operator', 500)).toBe(0);
  });

  it('keeps callers apart, and made-up names together', () => {
    const limit = new RateLimit(1, known);
    expect([limit.waitMs('operator', 0), limit.waitMs('sync-worker', 0)]).toEqual([0, 0]);
    expect([limit.waitMs('x1', 0), limit.waitMs('x2', 0)]).toEqual([0, 1000]);
  });
});
