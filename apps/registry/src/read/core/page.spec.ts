import fc from 'fast-check';
import { partOf } from './page.ts';

/** Every page; `at` says what there is when a page is asked for. */
function walk(at: (page: number) => readonly string[], limit: number): string[][] {
  const pages: string[][] = [];
  for (let after: string | undefined; pages.length < 100;) {
    const { items, last } = partOf(at(pages.length), (id) => id, { after, limit });
    pages.push(items);
    if (last === null) return pages;
    after = last;
  }
  throw new Error('it never ends');
}

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 30 });
const sizes = fc.integer({ min: 1, max: 7 });

describe('partOf', () => {
  it('gives every member once, in order, and no page more than it takes', () => {
    fc.assert(
      fc.property(ids, sizes, (all, limit) => {
        const pages = walk(() => all, limit);
        expect(pages.flat()).toEqual([...all].sort());
        expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / limit)));
      }),
    );
  });

  it('neither repeats nor omits what stays while others come and go', () => {
    fc.assert(
      fc.property(ids, ids, sizes, (stay, visitors, limit) => {
        const others = visitors.filter((id) => !stay.includes(id));
        const seen = walk((page) => (page % 2 ? [...stay, ...others] : stay), limit).flat();
        expect(seen.filter((id) => stay.includes(id))).toEqual([...stay].sort());
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });
});
