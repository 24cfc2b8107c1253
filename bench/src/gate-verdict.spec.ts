import { gateVerdict } from './gate-verdict.ts';

const pairs = (...fleet: number[]) => fleet.map((ms) => ({ floor: 10, fleet: ms }));

describe('gateVerdict', () => {
  it('is green within both limits, and at them', () => {
    expect(gateVerdict(pairs(20, 25, 30, 35, 40), true, 0.1)).toMatchObject({
      outcome: 'green',
      p99Ms: 30,
      timesFloor: 3,
      reasons: [],
    });
    expect(gateVerdict([{ floor: 25, fleet: 100 }], true, 0.1).outcome).toBe('green');
  });

  it('is red over 100 ms, also where the floor is as slow', () => {
    const { outcome, reasons } = gateVerdict([{ floor: 90, fleet: 100.1 }], true, 0.1);
    expect([outcome, reasons]).toEqual(['red', ['p99 is 100.1 ms; 100 ms is the limit']]);
  });

  it('is red over four times the floor, however fast', () => {
    const { outcome, reasons } = gateVerdict([{ floor: 5, fleet: 20.6 }], true, 0.1);
    expect([outcome, reasons]).toEqual(['red', ["p99 is 4.1 times the floor's; 4 times is the limit"]]);
  });

  it('does not hang on a single round, and on the median of ratios rather than the ratio of medians', () => {
    expect(gateVerdict(pairs(20, 20, 20, 900, 900), true, 0.1).outcome).toBe('green');
    expect(gateVerdict(pairs(20, 20, 900, 900, 900), true, 0.1).outcome).toBe('red');
    const slowMinutes = [
      { floor: 10, fleet: 45 },
      { floor: 10, fleet: 45 },
      { floor: 50, fleet: 60 },
    ];
    expect(gateVerdict(slowMinutes, true, 0.1)).toMatchObject({ outcome: 'red', timesFloor: 4.5 });
  });

  it('is red where the merge has become slow, which no latency shows', () => {
    expect(gateVerdict(pairs(20), true, 0.6).outcome).toBe('green');
    const { outcome, reasons } = gateVerdict(pairs(20), true, 1.2);
    expect([outcome, reasons]).toEqual(['red', ['a merge costs 1.20 of parsing its record; 0.6 is the limit']]);
  });

  it('is red where nothing arrived', () => {
    expect(gateVerdict([{ floor: 10, fleet: NaN }], true, 0.1).outcome).toBe('red');
  });

  it('is neither where the floor was too slow, and still says what it saw', () => {
    const { outcome, reasons } = gateVerdict(pairs(150), false, 0.1);
    expect(outcome).toBe('inconclusive');
    expect(reasons).toHaveLength(2);
    expect(gateVerdict(pairs(20), false, 0.1).outcome).toBe('inconclusive');
  });
});
