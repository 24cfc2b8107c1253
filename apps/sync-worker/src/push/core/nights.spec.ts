import fc from 'fast-check';
import { nightAfter, nightsOf, spansOf } from './nights.ts';

const night = fc.integer({ min: 0, max: 400 }).map((day) => nightAfter('2027-01-01', day));
const same = (a: number, b: number): boolean => a === b;

describe('spans of nights', () => {
  it('are the nights that they are made of, and no two that could be one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(night, fc.integer({ min: 0, max: 2 })), { selector: ([date]) => date }), (nights) => {
        const spans = spansOf(nights, same);
        const unfolded = spans.flatMap((span) => nightsOf(span).map((date) => [date, span.value]));
        expect(unfolded).toEqual([...nights].sort(([a], [b]) => (a < b ? -1 : 1)));
        for (const [index, span] of spans.slice(1).entries())
          expect(nightAfter(spans[index]!.until) === span.from && spans[index]!.value === span.value).toBe(false);
      }),
    );
  });

  it('go over the end of a month and of February', () => {
    expect(nightsOf({ from: '2028-02-28', until: '2028-03-01' })).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    expect(nightsOf({ from: '2028-02-02', until: '2028-02-01' })).toEqual([]);
  });
});
