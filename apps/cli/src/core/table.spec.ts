import { age, printable, table } from './table.ts';

describe('table', () => {
  it('aligns columns and leaves no space at the end', () => {
    const rows = [
      { id: 'a', n: 1 },
      { id: 'longer', n: 22 },
    ];

    expect(
      table(rows, [
        { title: 'id', of: ({ id }) => id },
        { title: 'n', of: ({ n }) => n },
      ]),
    ).toBe('ID      N\na       1\nlonger  22');
  });

  it('shows control characters instead of obeying them', () => {
    expect(printable('a\u001b[2Jb\n')).toBe('a\\u001b[2Jb\\u000a');
  });
});

describe('age', () => {
  it.each([
    [5_000, '5s'],
    [180_000, '3m'],
    [3 * 3_600_000, '3h'],
    [5 * 86_400_000, '5d'],
    [-5_000, '0s'],
  ])('%i ms is %s', (ms, text) => {
    expect(age(0, ms)).toBe(text);
  });
});
