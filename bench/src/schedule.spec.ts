import { Schedule } from './schedule.ts';

describe('a schedule', () => {
  const schedule = new Schedule({ startMs: 1_000, rate: 200, seconds: 2 });

  it('fixes every instant in advance', () => {
    expect(schedule.count).toBe(400);
    expect([schedule.at(0), schedule.at(1), schedule.at(399)]).toEqual([1_000, 1_005, 2_995]);
    expect(schedule.endMs).toBe(3_000);
  });

  it('tells what is due, the first at the start', () => {
    expect([0, 999.9, 1_000, 1_004.9, 1_005].map((ms) => schedule.dueBy(ms))).toEqual([0, 0, 1, 1, 2]);
  });

  it('catches up after a stall with all that was due meanwhile, each at its own instant', () => {
    expect(schedule.dueBy(2_000)).toBe(201);
    expect(schedule.at(200)).toBe(2_000);
  });

  it('ends', () => {
    expect(schedule.dueBy(60_000)).toBe(400);
  });
});
