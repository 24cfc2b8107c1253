import { standingOf, type Known } from './secrets.ts';

const known: Known = { secrets: [{ key: 'placeholder' }], askedAt: 1_000, validForMs: 60_000 };
const HOUR = 3_600_000;

describe('standingOf', () => {
  it.each([
    ['fresh', 1_000],
    ['fresh', 60_999],
    ['stale', 61_000],
    ['stale', HOUR + 999],
    ['none', HOUR + 1_000],
  ] as const)('is %s at %d', (standing, now) => {
    expect(standingOf(known, now, HOUR)).toBe(standing);
  });

  it('is fresh for as long as the vault says, even where nothing stale is allowed', () => {
    expect(standingOf(known, 60_999, 0)).toBe('fresh');
    expect(standingOf(known, 61_000, 0)).toBe('none');
  });

  it('is none where nothing was ever heard', () => {
    expect(standingOf(undefined, 0, HOUR)).toBe('none');
  });
});
