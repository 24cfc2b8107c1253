import fc from 'fast-check';
import { spansOf, type Span } from './spans.ts';

const dateOf = (day: number) => new Date(Date.UTC(2030, 0, 1 + day)).toISOString().slice(0, 10);
const change = fc.dictionary(fc.constantFrom('price', 'isAvailable'), fc.integer({ min: 0, max: 2 }), { minKeys: 1 });
const spans = fc.array(
  fc
    .record({ first: fc.nat(40), nights: fc.nat(10), change })
    .map(({ first, nights, change: changes }): Span => ({ from: dateOf(first), until: dateOf(first + nights), change: changes })),
);

/** Each night by itself, by the plainest reading: the later one counts. */
function night(told: readonly Span[], date: string): Record<string, number> {
  return Object.assign(
    {},
    ...told.filter(({ from, until }) => from <= date && date <= until).map((span) => span.change),
  ) as Record<string, number>;
}

describe('spans', () => {
  it('say of each night what was said last of it, each night once and in order', () => {
    fc.assert(
      fc.property(spans, (told) => {
        const merged = spansOf(told);
        for (let day = 0; day <= 50; day += 1) expect(night(merged, dateOf(day))).toEqual(night(told, dateOf(day)));
        for (const [index, { from, until }] of merged.entries()) {
          expect(from <= until).toBe(true);
          if (index > 0) expect(from > merged[index - 1]!.until).toBe(true);
        }
      }),
    );
  });

  it('are as few as can be: no two neighbours say the same', () => {
    fc.assert(
      fc.property(spans, (told) => {
        const merged = spansOf(told);
        const doubles = merged.filter(({ from, change: said }, index) => {
          const before = merged[index - 1];
          const isNext = before && Date.parse(from) - Date.parse(before.until) === 86_400_000;
          return isNext && JSON.stringify(Object.entries(before.change).sort()) === JSON.stringify(Object.entries(said).sort());
        });
        expect(doubles).toEqual([]);
      }),
    );
  });
});
