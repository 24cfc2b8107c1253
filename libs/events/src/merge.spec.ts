import fc from 'fast-check';
import { anyTelling, CONTENTS, guest, history, recordOf, retold, threeTellings, worldHistory } from './testing/examples.ts';
import { naiveApply, naiveRecord } from './testing/naive-merge.ts';
import { canonicalJson } from './canonical.ts';
import { facetNames, KINDS, localDate } from './facets.ts';
import { apply, join } from './merge.ts';
import { isAmbiguous, recordSchema, type EntityRecord } from './record.ts';
import { compareVersions } from './version.ts';

const told = (tellings: EntityRecord[]): EntityRecord =>
  tellings.reduce((held: EntityRecord | undefined, each) => apply(held, each).record, undefined)!;
const bytes = (record: EntityRecord): string => canonicalJson(record);
/** As a registry does it: what is not `changed` is not written, and an entity is found by its kind, connection and id. */
function stored(tellings: EntityRecord[]): string {
  const store = new Map<string, EntityRecord>();
  for (const each of tellings) {
    const key = JSON.stringify([each.kind, each.connection, each.entity]);
    const { record, changed } = apply(store.get(key), each);
    if (changed) store.set(key, record);
  }
  return canonicalJson(Object.fromEntries(store));
}

describe('generated tellings', () => {
  it('tell every facet of every kind, and nothing that the wire would refuse', () => {
    for (const kind of KINDS) {
      const told = Object.keys(CONTENTS[kind]).map((name) => (localDate.safeParse(name).success ? '<date>' : name));
      expect(new Set(told)).toEqual(new Set(facetNames(kind)));
    }
    fc.assert(
      fc.property(anyTelling, (each) => expect(recordSchema.safeParse(each).error).toBeUndefined()),
      { numRuns: 500 },
    );
  });
});

describe('join', () => {
  it('is idempotent, commutative and associative', () => {
    fc.assert(
      fc.property(threeTellings, ([a, b, c]) => {
        expect(bytes(join(a, a))).toBe(bytes(a));
        expect(bytes(join(a, b))).toBe(bytes(join(b, a)));
        expect(bytes(join(join(a, b), c))).toBe(bytes(join(a, join(b, c))));
      }),
      { numRuns: 1000 },
    );
  });

  it('never erases by absence, and no version ever falls', () => {
    fc.assert(
      fc.property(threeTellings, ([first, second, next]) => {
        const before = join(first, second);
        const after = join(before, next);
        for (const [name, state] of Object.entries(before.facets)) {
          expect(compareVersions(after.facets[name]!.version, state.version)).toBeGreaterThanOrEqual(0);
          if (!next.facets[name]) expect(after.facets[name]).toEqual(state);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves what it is given as it was', () => {
    fc.assert(
      fc.property(threeTellings, ([a, b]) => {
        const before = [bytes(a), bytes(b)];
        join(a, b);
        expect([bytes(a), bytes(b)]).toEqual(before);
      }),
    );
  });

  it('refuses to join two entities, connections or kinds', () => {
    const ada = guest('Ada');

    for (const other of [{ entity: '2' }, { connection: 'c2' }, { kind: 'message' as const }])
      expect(() => join(ada, { ...ada, ...other })).toThrow(TypeError);
  });
});

describe('any history', () => {
  it('ends in the byte-identical record whatever the order and however often a thing is told', () => {
    fc.assert(
      fc.property(retold(history), ([all, again]) => {
        expect(stored(again)).toBe(stored(all));
      }),
      { numRuns: 2000 },
    );
  });

  it('does so beside other entities, kinds and connections', () => {
    fc.assert(
      fc.property(retold(worldHistory), ([all, again]) => {
        expect(stored(again)).toBe(stored(all));
      }),
      { numRuns: 200 },
    );
  });

  it('is what the plain rule says: of each facet the greatest of all that was told', () => {
    fc.assert(
      fc.property(history, (all) => {
        expect(told(all)).toEqual(naiveRecord(all));
      }),
      { numRuns: 1000 },
    );
  });

  it('has of each telling the outcome, the news and the change that the plain rule says', () => {
    fc.assert(
      fc.property(history, (all) => {
        const next = all.at(-1)!;
        const before = all.slice(0, -1);
        const { outcome, announce, changed } = apply(naiveRecord(before), next);
        expect({ outcome, announce, changed }).toEqual(naiveApply(before, next));
      }),
      { numRuns: 1500 },
    );
  });

  it('is the same when a part of it was joined elsewhere and comes as one record', () => {
    fc.assert(
      fc.property(history, fc.nat(), (all, cut) => {
        const [near, far] = [all.slice(0, cut % all.length), all.slice(cut % all.length)];
        expect(bytes(told([...near, told(far)]))).toBe(bytes(told(all)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('apply', () => {
  const outcome = (held: EntityRecord, next: EntityRecord) => {
    const { outcome: what, announce, changed } = apply(held, next);
    return { what, announce, changed };
  };

  it('applies what is newer and different, and confirms what is newer and the same', () => {
    expect(outcome(guest('Ada'), guest('Grace', { modifiedAt: 2 }))).toEqual({ what: 'applied', announce: true, changed: true });
    expect(outcome(guest('Ada'), guest('Ada', { modifiedAt: 2 }))).toEqual({ what: 'confirmed', announce: true, changed: true });
  });

  it('changes nothing for what it knows and for what is older', () => {
    expect(outcome(guest('Ada'), guest('Ada'))).toEqual({ what: 'duplicate', announce: false, changed: false });
    expect(outcome(guest('Ada', { modifiedAt: 2 }), guest('Grace'))).toEqual({ what: 'stale', announce: false, changed: false });
  });

  it('keeps a later look at the same content to itself', () => {
    const seen = guest('Ada', { rank: 1, observedAt: 5 });

    expect(outcome(seen, guest('Ada', { rank: 1, observedAt: 6 }))).toEqual({
      what: 'confirmed',
      announce: false,
      changed: true,
    });
  });

  it('ends in the last of A, B, A, in whatever order they come', () => {
    const [a, b, again] = [guest('A', { modifiedAt: 1 }), guest('B', { modifiedAt: 2 }), guest('A', { modifiedAt: 3 })];

    for (const order of [
      [a, b, again],
      [again, b, a],
      [a, again, b],
      [b, again, a],
    ])
      expect(told(order).facets['guest']).toMatchObject({ content: { name: 'A' }, version: { modifiedAt: 3 } });
  });

  it('lets a read outrank a push of the same stamp, and a later read an earlier one', () => {
    const push = guest('push');
    const read = guest('read', { rank: 1, observedAt: 5 });
    const later = guest('later', { rank: 1, observedAt: 6 });

    expect(told([read, push]).facets['guest']!.content).toMatchObject({ name: 'read' });
    expect(told([later, read, push]).facets['guest']!.content).toMatchObject({ name: 'later' });
  });

  it('calls two contents under one stamp ambiguous in every branch, and announces it', () => {
    const [low, high] = [guest('Ada'), guest('Grace')].sort((a, b) =>
      compareVersions(a.facets['guest']!.version, b.facets['guest']!.version),
    );

    expect(isAmbiguous(told([low!, high!]))).toBe(true);
    expect(isAmbiguous(told([high!, low!]))).toBe(true);
    expect(apply(high, low!)).toMatchObject({ outcome: 'stale', announce: true, changed: true });
  });

  it('writes down a tie even where a settled read has answered it: the next telling may meet it unanswered', () => {
    const settled = guest('Ada', { rank: 1, observedAt: 9, settled: true });
    const { outcome: what, announce, changed, record } = apply(settled, guest('Grace'));

    expect({ what, announce, changed }).toEqual({ what: 'stale', announce: false, changed: true });
    expect(record.facets['guest']).toMatchObject({ content: { name: 'Ada' }, settled: true, tied: true });
  });

  it('takes two mappings’ contents under one stamp for one truth, and still sees each mapping’s tie', () => {
    const [old, mended, other] = [guest('ADA'), guest('Ada', { mapping: 2 }), guest('GRACE')];

    for (const order of [
      [old, mended],
      [mended, old],
    ]) {
      expect(isAmbiguous(told(order))).toBe(false);
      expect(told(order).facets['guest']).toMatchObject({ content: { name: 'Ada' }, version: { mapping: 2 } });
    }
    expect(apply(mended, old)).toMatchObject({ outcome: 'stale', announce: false, changed: true });
    // The tie is the old mapping's, and was told across the new one: which of the two the new one speaks of, nobody knows.
    for (const order of [
      [old, mended, other],
      [mended, other, old],
      [other, old, mended],
    ])
      expect(isAmbiguous(told(order))).toBe(true);
  });

  it('lets a read under a mended mapping win over what the old one made of the same stamp, settled or not', () => {
    const held = guest('ADA', { rank: 1, observedAt: 9, settled: true });
    const again = guest('Ada', { rank: 1, observedAt: 10, mapping: 2 });

    expect(apply(held, again)).toMatchObject({ outcome: 'applied', announce: true });
    expect(isAmbiguous(told([held, again]))).toBe(false);
  });

  it('writes down that its content was settled, told by the same read once more', () => {
    const read = { rank: 1, observedAt: 9 } as const;

    expect(outcome(guest('Ada', read), guest('Ada', { ...read, settled: true }))).toEqual({
      what: 'duplicate',
      announce: false,
      changed: true,
    });
  });

  it('says the strongest of what it did to the facets', () => {
    const held = recordOf('reservation', { guest: { name: 'Ada', adults: null, children: null }, units: { units: ['1'] } });
    const next = recordOf('reservation', { guest: { name: 'Ada', adults: null, children: null }, units: { units: ['2'] } });
    next.facets['units']!.version.modifiedAt = 2;
    const unitsFirst = { ...next, facets: Object.fromEntries(Object.entries(next.facets).reverse()) };

    expect([next, unitsFirst].map((each) => apply(held, each).outcome)).toEqual(['applied', 'applied']);
    expect(apply(held, { ...next, facets: {} })).toEqual({ record: held, outcome: 'stale', announce: false, changed: false });
  });

  it('lets an epoch outrank every stamp of the one before', () => {
    expect(told([guest('new', { epoch: 1 }), guest('old', { modifiedAt: 9, rank: 1, observedAt: 9 })])).toMatchObject({
      facets: { guest: { content: { name: 'new' } } },
    });
  });

  it('is certain again after a settled read, or under a higher stamp', () => {
    const tied = [guest('Ada'), guest('Grace')];

    expect(isAmbiguous(told([...tied, guest('Ada', { rank: 1, observedAt: 9 })]))).toBe(true);
    expect(isAmbiguous(told([...tied, guest('Ada', { rank: 1, observedAt: 9, settled: true })]))).toBe(false);
    expect(isAmbiguous(told([...tied, guest('Ada', { modifiedAt: 2 })]))).toBe(false);
  });
});
