import { highestSustained, type Probe } from './search.ts';

const options = { from: 500, ceiling: 16_000, resolution: 0.05, probeSeconds: 8, confirmSeconds: 60 };
/** Sustains up to so many a second. */
const upTo =
  (limit: number): Probe =>
  async (rate) =>
    rate <= limit;

describe('the search for the highest sustained rate', () => {
  it.each([501, 730, 1_999, 3_400, 12_345, 90])('comes within the resolution of %i/s, and not above it', async (limit) => {
    const { rate } = await highestSustained(upTo(limit), options);

    expect(rate).toBeLessThanOrEqual(limit);
    expect(rate).toBeGreaterThanOrEqual(limit / 1.06);
  });

  it('believes a long probe only, and goes down a step where that fails', async () => {
    const probe: Probe = async (rate, seconds) => rate <= (seconds === 60 ? 900 : 1_000);

    const { rate, tried } = await highestSustained(probe, options);

    expect(rate).toBeLessThanOrEqual(900);
    expect(rate).toBeGreaterThan(800);
    expect(tried.at(-1)).toEqual({ rate, seconds: 60, sustained: true });
  });

  it('does not take the word of one bad moment', async () => {
    const failed = new Set<number>();
    const probe: Probe = async (rate, seconds) => {
      const first = seconds === 8 && !failed.has(rate);
      failed.add(rate);
      return rate <= 3_400 && !first;
    };

    expect((await highestSustained(probe, options)).rate).toBeGreaterThan(3_200);
  });

  it('needs few probes', async () => {
    const { tried } = await highestSustained(upTo(3_400), options);

    expect(tried.length).toBeLessThanOrEqual(15);
  });

  it('says 0 where nothing is sustained, and the ceiling where all is', async () => {
    expect((await highestSustained(upTo(0), options)).rate).toBe(0);
    expect((await highestSustained(upTo(1e9), options)).rate).toBe(16_000);
  });

  it('says 0 where what short probes held no long one holds', async () => {
    const { rate } = await highestSustained(async (_, seconds) => seconds === 8, { ...options, ceiling: 1_000 });

    expect(rate).toBe(0);
  });
});
