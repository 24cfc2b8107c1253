import { paceOf, turn, type Pace } from './pace.ts';

/** Instants at which so many go, of a sender that is held up for `stallMs` before each of `stalls`. */
function instants(perSecond: number, count: number, stalls: number[] = [], stallMs = 0): number[] {
  let now = 1_000;
  let pace: Pace = paceOf(perSecond, now);
  return Array.from({ length: count }, (_, index) => {
    if (stalls.includes(index)) now += stallMs;
    const next = turn(pace, now);
    pace = next.pace;
    return (now += next.waitMs);
  });
}

describe('a pace', () => {
  it('is the rate', () => {
    const at = instants(50, 101);
    expect(at.at(-1)! - at[0]!).toBeCloseTo(2_000, 6);
  });

  it('is the rate over many short delays', () => {
    const stalls = Array.from({ length: 100 }, (_, index) => index * 10);
    const at = instants(100, 1_001, stalls, 35);
    expect(at.at(-1)! - at[0]!).toBeLessThan(10_000 * 1.01);
  });

  it('makes good what a pause of half a second cost', () => {
    const at = instants(100, 1_001, [300, 600], 500);
    expect(at.at(-1)! - at[0]!).toBeCloseTo(10_000, 6);
  });

  it('never goes faster for having been stopped, but for a second’s worth', () => {
    const at = instants(100, 500, [100], 30_000);
    for (let i = 0; i + 300 < at.length; i++) expect(at[i + 300]! - at[i]!).toBeGreaterThan(3_000 - 1_001);
  });
});
