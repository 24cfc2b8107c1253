import { median, percentile, spreadOf } from './percentiles.ts';

describe('percentiles', () => {
  it('are samples by nearest rank, never something between two', () => {
    const hundred = Float64Array.from({ length: 100 }, (_, i) => 100 - i);

    expect(spreadOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
    expect(spreadOf(Float64Array.of(7, 3))).toEqual({ p50: 3, p95: 7, p99: 7, max: 7 });
  });

  it('leave the samples in their order: an index is a webhook', () => {
    const samples = Float64Array.of(3, 1, 2);

    spreadOf(samples);

    expect([...samples]).toEqual([3, 1, 2]);
  });

  it('sort numbers as numbers', () => {
    expect(spreadOf(Float64Array.of(9, 10, 100)).p50).toBe(10);
    expect(median([9, 100, 10])).toBe(10);
  });

  it('of nothing are no number, so that no comparison with them holds', () => {
    expect(percentile(new Float64Array(0), 99)).toBeNaN();
    expect(spreadOf(new Float64Array(0)).max).toBeNaN();
    expect(median([])).toBeNaN();
  });

  it('the median of an even number is the mean of its middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
