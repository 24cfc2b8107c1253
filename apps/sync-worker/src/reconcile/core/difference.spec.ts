import { facet, type Divergence, type EntityRecord } from '@roomwire/events';
import fc from 'fast-check';
import { differenceOf, isRepaired, unlisted } from './difference.ts';

const NOW = 1_800_000_000_000;
const LAG_MS = 10_000;
/** An hour ago, µs. */
const THEN = (NOW - 3_600_000) * 1_000;
const TERMS = { epoch: 0, observedMs: NOW, lagMs: LAG_MS };

type Said = { name?: string; at?: number; rank?: 0 | 1; epoch?: number };
const stay = (said: Said = {}, existence?: { state: 'present' | 'gone'; at: number }): EntityRecord => {
  const { name = 'Ada', at = THEN, rank = 1, epoch = 0 } = said;
  const stamp = { epoch, modifiedAt: at, rank, observedAt: rank === 1 ? NOW * 1_000 : 0, mapping: 1 };
  const read = existence && { ...stamp, rank: 1 as const, modifiedAt: existence.at, observedAt: existence.at };
  return {
    ...{ kind: 'reservation', connection: 'c1', entity: '7' },
    facets: {
      guest: facet({ name, adults: 1, children: null }, stamp),
      ...(read ? { existence: facet({ state: existence.state }, read) } : {}),
    },
  };
};
/** A calendar's month, which only its read's own instant orders. */
const month = (available: number, observedAt: number): EntityRecord => ({
  ...{ kind: 'availability', connection: 'c1', entity: '7:2027-01' },
  facets: {
    '2027-01-15': facet({ available, closed: false }, { epoch: 0, modifiedAt: observedAt, rank: 1, observedAt, mapping: 1 }),
  },
});
const open = (difference: ReturnType<typeof differenceOf>): Divergence => ({
  ...{ kind: 'reservation', entity: '7', foundAt: NOW, seenAt: NOW, askedAt: null },
  ...difference!,
});

describe('what a list says and what is known', () => {
  it.each([
    ['the same', stay(), stay({ rank: 0 }), undefined],
    ['nothing is known', stay(), undefined, 'missing'],
    ['something newer', stay({ name: 'Grace', at: THEN + 1 }), stay(), 'changed'],
    ['the same, stamped later', stay({ at: THEN + 1 }), stay(), 'changed'],
    ['something else under the same stamp', stay({ name: 'Grace' }), stay(), 'changed'],
    ['something else under a lower stamp', stay({ name: 'Grace', at: THEN - 1 }), stay(), 'older'],
    ['the same under a lower stamp', stay({ at: THEN - 1 }), stay(), undefined],
    ['a facet that nobody knows', stay(), { ...stay(), facets: {} }, 'changed'],
    ['what is gone, and was read since', stay(), stay({}, { state: 'gone', at: THEN + 1 }), undefined],
    ['what is gone, and was changed since', stay(), stay({}, { state: 'gone', at: THEN - 1 }), 'missing'],
    ['a calendar as it is known', month(1, NOW * 1_000), month(1, THEN), undefined],
    ['a calendar with another night', month(0, NOW * 1_000), month(1, THEN), 'changed'],
    ['a calendar that was read later', month(0, THEN), month(1, NOW * 1_000), undefined],
  ] as const)('%s', (_name, told, held, why) => {
    expect(differenceOf(told, held, TERMS)?.why).toBe(why);
  });

  it('leaves alone what has changed within the provider’s lag, on either side', () => {
    const justNow = (NOW - LAG_MS + 1) * 1_000;
    expect(differenceOf(stay({ at: justNow }), undefined, TERMS)).toBeUndefined();
    expect(differenceOf(stay({ name: 'Grace' }), stay({ at: justNow }), TERMS)).toBeUndefined();
  });

  it('is not its business where an older epoch told it: that is read again by itself', () => {
    const held = stay({ name: 'Grace', at: THEN + 5 });
    expect(differenceOf(stay(), held, { ...TERMS, epoch: 1 })).toBeUndefined();
  });

  it('is nothing once what was listed is known, whatever both were', () => {
    const said = fc.record({ name: fc.constantFrom('Ada', 'Grace'), at: fc.integer({ min: THEN - 2, max: THEN + 2 }) });
    fc.assert(
      fc.property(said, fc.option(said, { nil: undefined }), (told, before) => {
        const item = stay(told);
        const found = differenceOf(item, before && stay(before), TERMS);
        if (!found) return;
        // A later stamp over the same picture is told on, and nobody has seen anything wrong.
        expect(isRepaired(open(found), before && stay(before))).toBe(before?.name === told.name);
        // The older one counts once its epoch does.
        expect(isRepaired(open(found), stay({ ...told, epoch: 1 }))).toBe(true);
        expect(differenceOf(item, stay({ ...told, epoch: 1 }), { ...TERMS, epoch: 1 })).toBeUndefined();
      }),
    );
  });
});

describe('what differed and was repaired', () => {
  it('is past it when something newer was told', () => {
    const found = differenceOf(stay({ name: 'Grace', at: THEN + 1 }), stay(), TERMS);
    expect(isRepaired(open(found), stay({ name: 'Mary', at: THEN + 2 }))).toBe(true);
  });

  it.each([
    ['nobody has looked', stay({}, { state: 'present', at: THEN }), false],
    ['it was read, and is there', stay({}, { state: 'present', at: THEN + 1 }), true],
    ['it was read, and is gone', stay({}, { state: 'gone', at: THEN + 1 }), true],
    ['it was forgotten', undefined, true],
  ] as const)('is known of what no list told when %s', (_name, now, expected) => {
    const before = stay({}, { state: 'present', at: THEN });
    expect(isRepaired(open(unlisted(before, 0)), now)).toBe(expected);
  });

  it('is not known of what is missing by its silence', () => {
    expect(isRepaired(open(differenceOf(stay(), undefined, TERMS)), undefined)).toBe(false);
  });
});
