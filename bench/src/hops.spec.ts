import { legsOf } from './hops.ts';

describe('where each millisecond went', () => {
  const seen = {
    scheduled: Float64Array.of(1_000, 1_005, 1_010, 1_015),
    arrived: Float64Array.of(1_020, 1_030, NaN, 1_040),
    receipts: ['a', 'b', 'c', ''],
  };
  const stamps = new Map(['a', 'b', 'c'].map((receipt) => [receipt, { received: 1_006, stored: 1_007, normalized: 1_009 }]));
  const announced = new Map([
    ['a', 1_015],
    ['c', 1_015],
  ]);

  it('is told of those with all their stamps, and adds up to the latency', () => {
    const { of, legs } = legsOf(seen, stamps, announced);

    expect(of).toBe(1);
    expect(Object.values(legs).map(({ p50 }) => p50)).toEqual([6, 1, 2, 6, 5]);
  });
});
