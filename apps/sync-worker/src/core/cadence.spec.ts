import fc from 'fast-check';
import { dueAfter, nextEveryMs, paceOf } from './cadence.ts';

const pace = { leastMs: 60_000, mostMs: 900_000 };

describe('the cadence of polls', () => {
  it('is halved by news and stretched by silence, within its bounds', () => {
    expect([nextEveryMs(400_000, true, pace), nextEveryMs(400_000, false, pace)]).toEqual([200_000, 600_000]);
    expect([nextEveryMs(60_000, true, pace), nextEveryMs(900_000, false, pace)]).toEqual([60_000, 900_000]);
  });

  it('spares what can only be read whole', () => {
    expect(paceOf(pace, { changedSince: true })).toEqual(pace);
    expect(paceOf(pace, { changedSince: false })).toEqual({ leastMs: 600_000, mostMs: 9_000_000 });
  });

  it('is never due on a round minute, nor far from when it should be', () => {
    const dues = fc.tuple(
      fc.integer({ min: 1_800_000_000_000, max: 1_900_000_000_000 }),
      fc.integer({ min: 60_000, max: 900_000 }),
    );
    fc.assert(
      fc.property(dues, fc.double({ min: 0, max: 0.999, noNaN: true }), ([now, everyMs], chance) => {
        const due = dueAfter(now, everyMs, () => chance);
        const past = due % 60_000;
        expect(past).toBeGreaterThanOrEqual(2_000);
        expect(past).toBeLessThanOrEqual(58_000);
        expect(due - now).toBeGreaterThanOrEqual(everyMs * 0.9 - 1);
        expect(due - now).toBeLessThanOrEqual(everyMs * 1.1 + 25_000);
      }),
    );
  });

  it('spreads those that began together', () => {
    const dues = new Set(Array.from({ length: 50 }, () => Math.floor(dueAfter(1_800_000_030_000, 600_000, Math.random) / 1_000)));
    expect(dues.size).toBeGreaterThan(20);
  });
});
