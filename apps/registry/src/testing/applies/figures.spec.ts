import { missed, report, rowsOf, type Round } from './figures.ts';

const round = (entities: number, applies: number, bare: number): Round => ({
  ...{ entities, inFlight: 64, applies, bare },
  copies: bare / 2,
});

describe('figures of applies', () => {
  it('are ratios of one round each, so that a slow minute is slow for both', () => {
    const rounds = [round(10, 50, 100), round(100, 40, 100), round(10, 500, 1000), round(100, 450, 1000), round(10, 5, 10)];
    const rows = rowsOf([...rounds, round(100, 5, 10)]);

    expect(rows).toEqual([
      { entities: 10, inFlight: 64, applies: 50, bare: 100, copies: 50, toBare: 0.5, copyToBare: 0.5, toSmallest: 1 },
      { entities: 100, inFlight: 64, applies: 40, bare: 100, copies: 50, toBare: 0.45, copyToBare: 0.5, toSmallest: 0.9 },
    ]);
    expect(missed(rows)).toEqual([]);
  });

  it('name what is missed, in the report too', () => {
    const rounds = [round(10, 50, 100), round(100, 39, 100)];

    expect(missed(rowsOf(rounds))).toEqual([
      '100 entities, 64 in flight: 0.39 of a bare write; 0.4 is the target',
      "100 entities, 64 in flight: 0.78 of the smallest memory's; 0.8 is the target",
    ]);
    expect(report({ rounds, bytesPerEntity: { 10: 2000, 100: 2100 }, tells: { 1: 900 } })).toMatch(
      / 100 +64 +39 +100 +50 +0\.39 +0\.50 +0\.78 +2100\n[^]*900\/s with 1 in flight\nMISSED {2}100 entities/,
    );
  });

  it('are missed where nothing was measured', () => {
    expect(missed(rowsOf([round(10, 0, 0)])).length).toBeGreaterThan(0);
  });
});
