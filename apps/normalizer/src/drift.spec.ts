import { Drift } from './drift.ts';

const HOUR_MS = 3_600_000;

describe('Drift', () => {
  it('keeps the newest figure of each connection, in seconds', () => {
    const drift = new Drift();

    drift.told('a', 10_000, 4_000, 0);
    drift.told('a', 20_000, 18_500, 1);
    drift.told('b', 10_000, 11_000, 2);

    expect(drift.now(3)).toEqual([['a', 1.5], ['b', -1]]); // prettier-ignore
  });

  it('leaves out what has no time of the provider’s', () => {
    const drift = new Drift();

    drift.told('a', 10_000, 0, 0);

    expect(drift.now(0)).toEqual([]);
  });

  it('forgets who has been silent for an hour, and takes no more than it can bear', () => {
    const drift = new Drift();
    for (let i = 0; i < 2_001; i++) drift.told(`c${i}`, 2, 1, 0);
    drift.told('c0', 3, 1, HOUR_MS);

    expect(drift.now(HOUR_MS)).toHaveLength(2_000);
    expect(drift.now(HOUR_MS + 1)).toEqual([['c0', 0.002]]);
  });
});
