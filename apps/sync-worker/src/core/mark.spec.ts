import { facet, type EntityRecord } from '@roomwire/events';
import fc from 'fast-check';
import { marked, NOTHING, sameMark } from './mark.ts';

const told = (entity: string, content: unknown, modifiedAt: number, observedAt: number): EntityRecord => ({
  ...{ kind: 'task', connection: 'c1', entity },
  facets: { core: facet(content, { epoch: 0, modifiedAt, rank: 1, observedAt, mapping: 1 }) },
});

describe('the mark of a round', () => {
  it('is the same in whatever order and on whatever pages things come', () => {
    const all = [told('1', 'a', 5, 9), told('2', 'b', 9, 9), told('3', 'c', 9, 9), told('4', 'd', 7, 9)];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 4 }), fc.integer({ min: 0, max: 4 }), (order, cut) => {
        const mark = marked(marked(NOTHING, order.slice(0, cut)), order.slice(cut));
        expect(sameMark(mark, marked(NOTHING, all))).toBe(true);
      }),
    );
  });

  it('changes with a later stamp, with another content, with one more and with one less', () => {
    const before = marked(NOTHING, [told('1', 'a', 5, 9), told('2', 'b', 9, 9)]);
    for (const now of [
      [told('1', 'a', 6, 19), told('2', 'b', 19, 19)],
      [told('1', 'a', 5, 19), told('2', 'B', 19, 19)],
      [told('1', 'a', 5, 19), told('2', 'b', 19, 19), told('3', 'c', 19, 19)],
      [told('1', 'a', 5, 19)],
    ])
      expect(sameMark(before, marked(NOTHING, now))).toBe(false);
    expect(sameMark(before, marked(NOTHING, [told('1', 'a', 5, 19), told('2', 'b', 19, 19)]))).toBe(true);
  });
});
