import type { Measured } from './measure.ts';
import type { AtRate } from './rounds.ts';
import { isSustained } from './sustained.ts';
import { verdictOf } from './verdict.ts';

const at = (target: AtRate['target'], rate: number, ...p99s: number[]): AtRate => ({
  ...{ target, rate, rounds: p99s.map((p99) => ({ p99 }) as Measured) },
  way: { of: 0, legs: {} as AtRate['way']['legs'] },
});
const both = (floor: number[], fleet: number[]): AtRate[] => [at('floor', 200, ...floor), at('fleet', 200, ...fleet)];

describe('the verdict', () => {
  it('is met where both targets are', () => {
    const figures = { latency: both([10], [40]), sustained: { floor: 3_000, fleet: 1_800 }, floorReached: true };

    expect(verdictOf(figures)).toEqual({ outcome: 'met', reasons: [] });
  });

  it('is missed by either, and says which', () => {
    const figures = { latency: both([10], [41]), sustained: { floor: 3_000, fleet: 1_799 }, floorReached: true };

    const { outcome, reasons } = verdictOf(figures);

    expect(outcome).toBe('missed');
    expect(reasons).toEqual([
      expect.stringContaining('throughput is 0.60'),
      expect.stringContaining('p99 at 200/s is 4.1 times'),
    ]);
  });

  it('is never met where the floor was too slow to compare with, nor where nobody looked', () => {
    for (const floorReached of [false, undefined])
      expect(verdictOf({ latency: both([10], [11]), sustained: {}, floorReached })).toMatchObject({
        outcome: 'inconclusive',
        reasons: [expect.stringContaining('2500/s')],
      });
  });

  it('compares round by round, so that a slow minute of the machine counts for both', () => {
    const latency = both([10, 100, 10], [30, 300, 30]);

    expect(verdictOf({ latency, sustained: {}, floorReached: true }).outcome).toBe('met');
    expect(verdictOf({ latency: both([100, 10, 10], [30, 300, 300]), sustained: {}, floorReached: true }).outcome).toBe('missed');
  });

  it('is missed where nothing arrived', () => {
    expect(verdictOf({ latency: both([10], [NaN]), sustained: {}, floorReached: true }).outcome).toBe('missed');
  });

  it('says that one target alone is compared with nothing', () => {
    expect(verdictOf({ latency: [at('fleet', 200, 10)], sustained: { fleet: 900 }, floorReached: undefined }).outcome).toBe(
      'not compared',
    );
  });
});

describe('sustained', () => {
  const good = { p99: 1_000, backlog: 500, rate: 500, seconds: 60, refused: 0, missing: 0 };

  it('is p99 within a second and a backlog of no more than comes in one', () => {
    expect(isSustained(good)).toBe(true);
  });

  it('leaves less under way after a short probe: what grows for 8 s grows on', () => {
    expect(isSustained({ ...good, seconds: 45, backlog: 375 })).toBe(true);
    expect(isSustained({ ...good, seconds: 45, backlog: 376 })).toBe(false);
    expect(isSustained({ ...good, seconds: 5, backlog: 250 })).toBe(true);
    expect(isSustained({ ...good, seconds: 120, backlog: 501 })).toBe(false);
  });

  it.each([{ p99: 1_001 }, { backlog: 501 }, { refused: 1 }, { missing: 1 }, { p99: NaN }])('is not with %j', (bad) => {
    expect(isSustained({ ...good, ...bad })).toBe(false);
  });
});
