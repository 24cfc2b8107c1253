import { catchingUp } from './clock.ts';

const HOUR = 3_600_000;

describe('a clock that catches up', () => {
  let real: number;
  let slept: number[];
  beforeEach(() => ((real = 100 * HOUR), (slept = [])));
  const clock = () =>
    catchingUp({ behindMs: 11 * 60_000, speed: 12 }, { now: () => real, sleep: async (ms) => void slept.push(ms) });

  it('is behind at first, and runs faster', () => {
    const { now } = clock();

    expect(now()).toBe(100 * HOUR - 11 * 60_000);
    real += 30_000;
    expect(now()).toBe(100 * HOUR - 11 * 60_000 + 6 * 60_000);
  });

  it('is never ahead', () => {
    const { now } = clock();

    real += 60_000;
    expect(now()).toBe(real);
    real += HOUR;
    expect(now()).toBe(real);
  });

  it('sleeps as it runs', async () => {
    const { sleep } = clock();

    await sleep(60_000);
    real += HOUR;
    await sleep(60_000);

    expect(slept).toEqual([5_000, 60_000]);
  });
});
