import fc from 'fast-check';
import { FACETS, guest, history, telling, twoTellings } from './testing/tellings.ts';
import { canonicalJson } from './canonical.ts';
import { apply, join } from './merge.ts';
import { isAmbiguous, type EntityRecord, type FacetState } from './record.ts';
import { compareVersions, sameStamp } from './version.ts';

const told = (tellings: EntityRecord[]): EntityRecord =>
  tellings.reduce((held: EntityRecord | undefined, each) => apply(held, each).record, undefined)!;
const bytes = (record: EntityRecord): string => canonicalJson(record);

/** The rule said another way: of everything that was told of a facet, the greatest, and whether its stamp says two things. */
function model(tellings: EntityRecord[], name: string): { hash: string; open: boolean } | undefined {
  const states = tellings.flatMap((each) => each.facets[name] ?? []);
  const [best] = states.toSorted((a, b) => compareVersions(b.version, a.version));
  if (!best) return undefined;
  const peers = states.filter((state) => sameStamp(state.version, best.version));
  const settled = peers.some((state) => state.settled && compareVersions(state.version, best.version) === 0);
  const tied = new Set(peers.map((state) => state.version.contentHash)).size > 1;
  return { hash: best.version.contentHash, open: tied && !settled };
}

const open = (state: FacetState): boolean => state.tied === true && state.settled !== true;

describe('join', () => {
  it('is idempotent, commutative and associative', () => {
    fc.assert(
      fc.property(telling, telling, telling, (a, b, c) => {
        expect(bytes(join(a, a))).toBe(bytes(a));
        expect(bytes(join(a, b))).toBe(bytes(join(b, a)));
        expect(bytes(join(join(a, b), c))).toBe(bytes(join(a, join(b, c))));
      }),
      { numRuns: 1000 },
    );
  });

  it('ends in the byte-identical record whatever the order and however often a thing is told', () => {
    fc.assert(
      fc.property(twoTellings, ([all, shuffled]) => {
        expect(bytes(told(shuffled))).toBe(bytes(told(all)));
      }),
      { numRuns: 2000 },
    );
  });

  it('is what the plain rule says: the greatest of all that was told', () => {
    fc.assert(
      fc.property(history, (all) => {
        const record = told(all);
        for (const name of FACETS) {
          const state = record.facets[name];
          expect(state && { hash: state.version.contentHash, open: open(state) }).toEqual(model(all, name));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never erases by absence, and no version ever falls', () => {
    fc.assert(
      fc.property(history, telling, (all, next) => {
        const before = told(all);
        const after = join(before, next);
        for (const [name, state] of Object.entries(before.facets))
          expect(compareVersions(after.facets[name]!.version, state.version)).toBeGreaterThanOrEqual(0);
        for (const name of FACETS) if (!next.facets[name]) expect(after.facets[name]).toEqual(before.facets[name]);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses to join two entities', () => {
    expect(() => join(guest('Ada'), { ...guest('Ada'), entity: '2' })).toThrow(TypeError);
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

  it('is certain again after a settled read, or under a higher stamp', () => {
    const tied = [guest('Ada'), guest('Grace')];

    expect(isAmbiguous(told([...tied, guest('Ada', { rank: 1, observedAt: 9 })]))).toBe(true);
    expect(isAmbiguous(told([...tied, guest('Ada', { rank: 1, observedAt: 9, settled: true })]))).toBe(false);
    expect(isAmbiguous(told([...tied, guest('Ada', { modifiedAt: 2 })]))).toBe(false);
  });
});
