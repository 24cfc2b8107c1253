import { MINUTE_MS, MinuteTally } from './minute-tally.ts';

const lease = { operation: 'lease', caller: 'sync-worker', tenant: 't1', connection: 'c1' };

describe('MinuteTally', () => {
  it('counts by caller, connection and minute, and gives out minutes that are over, once', () => {
    const tally = new MinuteTally();
    for (const at of [0, 1, MINUTE_MS - 1, MINUTE_MS]) tally.add(at, lease);
    tally.add(5, { ...lease, connection: 'c2' });
    expect(tally.take(MINUTE_MS - 1)).toEqual([]);
    const minute = { operation: 'lease', caller: 'sync-worker', tenant: 't1' };
    expect(tally.take(MINUTE_MS)).toEqual([{ ...minute, at: 0, counts: { c1: 3, c2: 1 } }]);
    expect(tally.take(Infinity)).toEqual([{ ...minute, at: MINUTE_MS, counts: { c1: 1 } }]);
    expect(tally.take(Infinity)).toEqual([]);
  });

  it('does not grow with what a caller makes up', () => {
    const tally = new MinuteTally();
    for (let n = 0; n < 5_000; n++) tally.add(0, { ...lease, connection: `c${n}` });
    const [count] = tally.take(Infinity);
    expect(Object.keys(count!.counts)).toHaveLength(2_001);
    expect(count!.counts['*']).toBe(3_000);
  });
});
