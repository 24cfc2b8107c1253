/** Sustained or not, at so many a second for so many seconds. */
export type Probe = (rate: number, seconds: number) => Promise<boolean>;
export type Tried = { rate: number; seconds: number; sustained: boolean };
/** `rate` is 0 where not even the lowest was sustained. */
export type Found = { rate: number; tried: Tried[] };

export type SearchOptions = {
  /** Where it begins, per second. */
  from: number;
  ceiling: number;
  /** The answer is within this part of the highest that would do: 0.05. */
  resolution: number;
  /** Of a short probe. */
  probeSeconds: number;
  /** Of the one that counts. */
  confirmSeconds: number;
};

/** How often the confirmation may fail, each time a step of the resolution lower. */
const CONFIRMATIONS_MAX = 8;

/** Doubles until it is too much, halves the interval until it is narrow enough, and believes only what a long probe confirms. */
export async function highestSustained(probe: Probe, options: SearchOptions): Promise<Found> {
  const { from, ceiling, resolution, probeSeconds, confirmSeconds } = options;
  const tried: Tried[] = [];
  const holds = async (rate: number, seconds: number): Promise<boolean> => {
    const sustained = await probe(rate, seconds);
    tried.push({ rate, seconds, sustained });
    return sustained;
  };
  // Twice, before it is believed: what else the machine does for a moment would cut the search off for good.
  const holdsBriefly = async (rate: number): Promise<boolean> =>
    (await holds(rate, probeSeconds)) || (await holds(rate, probeSeconds));
  let { low, high } = await bracket(holdsBriefly, from, ceiling);
  while (low > 0 && high / low > 1 + resolution) {
    const middle = Math.round((low + high) / 2);
    if (middle === low || middle === high) break;
    if (await holdsBriefly(middle)) low = middle;
    else high = middle;
  }
  for (let i = 0; i < CONFIRMATIONS_MAX && low >= 1; i++, low = Math.floor(low * (1 - resolution)))
    if (await holds(low, confirmSeconds)) return { rate: low, tried };
  return { rate: 0, tried };
}

/** The highest that held and the lowest that did not; both the ceiling where that held. `low` 0: nothing held. */
async function bracket(
  holds: (rate: number) => Promise<boolean>,
  from: number,
  ceiling: number,
): Promise<{ low: number; high: number }> {
  if (await holds(from)) {
    for (let low = from; ;) {
      const next = Math.min(low * 2, ceiling);
      if (next === low) return { low, high: low };
      if (!(await holds(next))) return { low, high: next };
      low = next;
    }
  }
  for (let high = from; high >= 2; high = Math.floor(high / 2))
    if (await holds(Math.floor(high / 2))) return { low: Math.floor(high / 2), high };
  return { low: 0, high: 1 };
}
