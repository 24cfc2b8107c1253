import fc from 'fast-check';
import { partOf } from './page.ts';

const self = (id: string) => id;

function walk(all: readonly string[], limit: number, meanwhile: (ids: string[]) => readonly string[] = unchanged): string[] {
  const seen: string[] = [];
  let now = [...all];
  for (let after: string | undefined; ;) {
    const { items, last } = partOf(now, self, { after, limit });
    seen.push(...items);
    if (last === null) return seen;
    after = last;
    now = [...meanwhile(now)];
  }
}
const unchanged = (ids: string[]): readonly string[] => ids;

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 30 });

describe('partOf', () => {
  it('gives every member once, in order, whatever the size of a page', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 7 }), (all, limit) => {
        expect(walk(all, limit)).toEqual([...all].sort());
      }),
    );
  });

  it('neither repeats nor omits what stays while others come and go', () => {
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 7 }), (stay, visitors, limit) => {
        const others = visitors.filter((id) => !stay.includes(id));
        let turn = 0;
        const seen = walk(stay, limit, () => (turn++ % 2 ? stay : [...stay, ...others]));
        expect(seen.filter((id) => stay.includes(id))).toEqual([...stay].sort());
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });
});
