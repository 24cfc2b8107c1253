import { facet, sidesHash, type ConflictSide, type EntityRecord, type Review } from '@roomwire/events';
import { CHECK_MS_MAX, judgeConflicts, nextLookMs, unsettled, type ConflictFacts, type JudgedConflict } from './conflict.ts';
import type { Overlap } from './overlap.ts';

const T0 = Date.parse('2026-07-01T00:00:00Z');
const side = (reservation: string): ConflictSide => ({
  ...{ connection: 'c1', reservation, status: 'confirmed', arrival: '2026-07-01', departure: '2026-07-03', guest: null },
});
const overlap = (...names: string[]): Overlap => ({
  ...{ id: 'c-0123456789ab', firstNight: '2026-07-01', lastNight: '2026-07-02', sides: names.map(side) },
});
/** A reservation that was read at so many ms; undefined: only ever pushed. */
const record = (entity: string, readMs?: number): EntityRecord => ({
  ...{ kind: 'reservation', connection: 'c1', entity },
  facets: {
    guest: facet({}, { epoch: 0, modifiedAt: 1, rank: readMs ? 1 : 0, observedAt: (readMs ?? 0) * 1000, mapping: 1 }),
  },
});
const facts = (more: Partial<ConflictFacts> = {}): ConflictFacts => ({
  ...{ property: 'p-1', unit: 'u-1', overlaps: [overlap('a', 'b')], records: [record('a'), record('b')], held: [] },
  ...{ isReadable: () => true, reviewOf: () => undefined },
  ...more,
});
const judged = (given: ConflictFacts, asOf: number): JudgedConflict => {
  const all = judgeConflicts(given, asOf);
  expect(all).toHaveLength(1);
  return all[0]!;
};
const heldOf = ({ state }: JudgedConflict) => [{ state, revision: 1, stateSeq: 1 }];

describe('judgeConflicts', () => {
  const first = judged(facts(), T0);

  it('checks what it sees first, by reads of every side that are later than that', () => {
    expect(first).toMatchObject({ isNew: true, isNews: true, state: { status: 'checking', since: '2026-07-01T00:00:00.000Z' } });
    const later = (records: EntityRecord[]) => judged(facts({ held: heldOf(first), records }), T0 + 5000);

    expect(later([record('a', T0 - 1), record('b', T0 + 10)])).toMatchObject({ isNews: false, state: { status: 'checking' } });
    expect(later([record('a', T0 + 9), record('b')])).toMatchObject({ isNews: false, state: { status: 'checking' } });
    expect(later([record('a', T0 + 9), record('b', T0 + 10)])).toMatchObject({
      ...{ isNew: false, isNews: true },
      state: { status: 'open', since: first.state.since },
    });
  });

  it('is open at once where nothing can be read, and soon where nobody answers', () => {
    expect(judged(facts({ isReadable: () => false }), T0).state.status).toBe('open');
    expect(judged(facts({ held: heldOf(first) }), T0 + CHECK_MS_MAX - 1).state.status).toBe('checking');
    expect(judged(facts({ held: heldOf(first) }), T0 + CHECK_MS_MAX).state.status).toBe('open');
  });

  it('is looked at again every few seconds while it is being checked, and at the end of that', () => {
    expect(nextLookMs([first], T0)).toBe(T0 + 5000);
    expect(nextLookMs([first], T0 + CHECK_MS_MAX - 1)).toBe(T0 + CHECK_MS_MAX);
    expect(nextLookMs([judged(facts({ isReadable: () => false }), T0)], T0)).toBeNull();
  });

  it('stays dismissed until a side changes', () => {
    const review = { choice: 'dismissed', sides: sidesHash(first.state.sides) } as Review;
    const given = (sides: string[]) => facts({ overlaps: [overlap(...sides)], reviewOf: () => review, isReadable: () => false });

    expect(judged(given(['a', 'b']), T0).state.status).toBe('dismissed');
    expect(judged(given(['a', 'c']), T0).state.status).toBe('open');
    expect(unsettled(judgeConflicts(given(['a', 'b']), T0))).toEqual([]);
    expect(unsettled(judgeConflicts(given(['a', 'c']), T0))).toEqual(['c-0123456789ab']);
  });

  it('is resolved once when its nights are free again, and begins anew when they are not', () => {
    const over = judged(facts({ overlaps: [], held: heldOf(first) }), T0 + 1);
    expect(over).toMatchObject({ isNews: true, isNew: false, state: { status: 'resolved' } });
    expect(judgeConflicts(facts({ overlaps: [], held: heldOf(over) }), T0 + 2)).toEqual([]);

    expect(judged(facts({ held: heldOf(over) }), T0 + 3000)).toMatchObject({
      ...{ isNew: true, isNews: true },
      state: { status: 'checking', since: '2026-07-01T00:00:03.000Z' },
    });
  });
});
