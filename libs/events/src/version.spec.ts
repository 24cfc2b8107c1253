import fc from 'fast-check';
import { firstDifference } from './testing/naive-merge.ts';
import { compareVersions, sameStamp, type Version } from './version.ts';

const small = fc.integer({ min: 0, max: 2 });
const anyVersion: fc.Arbitrary<Version> = fc.record({
  ...{ epoch: small, modifiedAt: small, rank: fc.constantFrom(0 as const, 1 as const), observedAt: small, mapping: small },
  contentHash: fc.constantFrom('a', 'b', 'c').map((letter) => letter.repeat(64)),
});
describe('compareVersions', () => {
  it('compares left to right: epoch, modifiedAt, rank, observedAt, mapping, contentHash', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(firstDifference(a, b));
      }),
      { numRuns: 3000 },
    );
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        if (compareVersions(a, b) === 0) expect(a).toEqual(b);
      }),
      { numRuns: 1000 },
    );
  });

  it('calls a stamp what the provider stands for', () => {
    const version: Version = { epoch: 0, modifiedAt: 5, rank: 0, observedAt: 0, mapping: 1, contentHash: 'a'.repeat(64) };

    expect(sameStamp(version, { ...version, rank: 1, observedAt: 9, mapping: 2, contentHash: 'b'.repeat(64) })).toBe(true);
    expect(sameStamp(version, { ...version, epoch: 1 })).toBe(false);
    expect(sameStamp(version, { ...version, modifiedAt: 6 })).toBe(false);
  });
});
