import { MONTHS_MAX, monthsOf } from './month.ts';

describe('monthsOf', () => {
  it('names every month that a stay touches, over the end of a year too', () => {
    expect(monthsOf('2026-11-30', '2027-02-01')).toEqual(['2026-11', '2026-12', '2027-01', '2027-02']);
    expect(monthsOf('2026-05-01', '2026-05-31')).toEqual(['2026-05']);
  });

  it('names none of what ends before it begins, and not more than anybody books', () => {
    expect(monthsOf('2026-05-01', '2026-04-30')).toEqual([]);
    expect(monthsOf('0001-01-01', '9999-12-31')).toHaveLength(MONTHS_MAX);
  });
});
