export type Spread = { p50: number; p95: number; p99: number; max: number };

/** Of every sample, by nearest rank: the smallest sample that at least so many of a hundred do not exceed. NaN where there is none. */
export function percentile(sorted: Float64Array, percent: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}

/** Exact: no buckets. The samples are left as they are. */
export function spreadOf(samples: Float64Array): Spread {
  const sorted = samples.toSorted();
  return {
    ...{ p50: percentile(sorted, 50), p95: percentile(sorted, 95), p99: percentile(sorted, 99) },
    max: sorted.at(-1) ?? NaN,
  };
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
