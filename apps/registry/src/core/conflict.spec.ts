import { sidesHash, type ConflictSide, type Review } from '@roomwire/events';
import {
  CHECK_MS_MAX,
  judgeConflicts,
  nextLookMs,
  recordsBehind,
  unsettled,
  type ConflictFacts,
  type Contradiction,
  type JudgedConflict,
} from './conflict.ts';

const T0 = Date.parse('2026-07-01T00:00:00Z');
const side = (reservation: string): ConflictSide => ({
  ...{ what: 'reservation', connection: 'c1', reservation, status: 'confirmed', guest: null },
  ...{ arrival: '2026-07-01', departure: '2026-07-03' },
});
/** Of reservations that were read at so many ms; null: only ever pushed. */
const overlap = (read: Record<string, number | null>): Contradiction => ({
  ...{ id: 'c-0123456789ab', kind: 'overlap', firstNight: '2026-07-01', lastNight: '2026-07-02' },
  sides: Object.entries(read).map(([name, at]) => ({ side: side(name), readAt: (at ?? 0) * 1000 })),
});
const facts = (more: Partial<ConflictFacts> = {}): ConflictFacts => ({
  ...{ property: 'p-1', unit: 'u-1', unitType: null, place: 'u-1', found: [overlap({ a: null, b: null })], held: [] },
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
    const later = (read: Record<string, number | null>) =>
      judged(facts({ held: heldOf(first), found: [overlap(read)] }), T0 + 5000);

    expect(later({ a: T0 - 1, b: T0 + 10 })).toMatchObject({ isNews: false, state: { status: 'checking' } });
    expect(later({ a: T0 + 9, b: null })).toMatchObject({ isNews: false, state: { status: 'checking' } });
    expect(later({ a: T0 + 9, b: T0 + 10 })).toMatchObject({
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
    const given = (sides: string[]) => {
      const found = [overlap(Object.fromEntries(sides.map((name) => [name, null])))];
      return facts({ found, reviewOf: () => review, isReadable: () => false });
    };

    expect(judged(given(['a', 'b']), T0).state.status).toBe('dismissed');
    expect(judged(given(['a', 'c']), T0).state.status).toBe('open');
    expect(unsettled(judgeConflicts(given(['a', 'b']), T0))).toEqual([]);
    expect(unsettled(judgeConflicts(given(['a', 'c']), T0))).toEqual(['c-0123456789ab']);
  });

  it('is told again where nobody knows whether readers heard it', () => {
    const [intended] = heldOf(first);
    expect(judged(facts({ held: [{ ...intended!, unheard: true }] }), T0)).toMatchObject({ isNews: true, isNew: false });
    expect(judged(facts({ held: [intended!] }), T0)).toMatchObject({ isNews: false });
  });

  it('is chosen until a side changes, and by nobody who was no side', () => {
    const chosen = { what: 'reservation', connection: 'c1', entity: 'a' } as const;
    const given = (sides: string[], review: Partial<Review> = {}) => {
      const found = [overlap(Object.fromEntries(sides.map((name) => [name, null])))];
      const all = { choice: 'chosen', chosen, sides: sidesHash(first.state.sides), ...review } as Review;
      return judged(facts({ found, reviewOf: () => all }), T0).state;
    };

    expect(given(['a', 'b'])).toMatchObject({ status: 'chosen', chosen });
    expect(given(['a', 'c'])).not.toHaveProperty('chosen');
    expect(given(['a', 'c']).status).toBe('checking');
    expect(given(['a', 'b'], { chosen: { ...chosen, what: 'message' } }).status).toBe('checking');
  });

  it('is checked once more when somebody wants that, from when it is heard of by our clock', () => {
    const open = judged(facts({ held: heldOf(first) }), T0 + CHECK_MS_MAX);
    // By the clock of whoever wants it, which is a year ahead.
    const review = { choice: 'reread', at: '2027-07-01T00:00:00.000Z' } as Review;
    const given = (before: JudgedConflict, read: Record<string, number | null>, more: Partial<ConflictFacts> = {}) =>
      facts({ held: heldOf(before), found: [overlap(read)], reviewOf: () => review, ...more });
    const heard = T0 + 100_000;
    const again = judged(given(open, { a: heard - 1, b: heard - 1 }), heard);

    expect(again).toMatchObject({ isNew: true, isNews: true, state: { status: 'checking', since: first.state.since } });
    expect(again.state.reread).toMatchObject({ since: new Date(heard).toISOString(), sides: [{ entity: 'a' }, { entity: 'b' }] });
    expect(nextLookMs([again], heard + CHECK_MS_MAX - 1)).toBe(heard + CHECK_MS_MAX);

    expect(judged(given(again, { a: heard + 1, b: heard - 1 }), heard + 5000)).toMatchObject({ isNew: false, isNews: false });
    const read = judged(given(again, { a: heard + 1, b: heard + 2 }), heard + 5000);
    expect(read).toMatchObject({ isNew: false, isNews: true, state: { status: 'open', reread: again.state.reread } });
    expect(judged(given(again, { a: null, b: null }), heard + CHECK_MS_MAX).state.status).toBe('open');
    // Whose answer changed a side has not answered for the other.
    expect(judged(given(again, { a: heard + 1, c: null }), heard + 5000)).toMatchObject({
      isNew: false,
      state: { status: 'checking' },
    });
    // Nothing can be read: whoever asked is to hear that.
    const unread = judged(given(open, { a: null, b: null }, { isReadable: () => false }), heard);
    expect(unread).toMatchObject({ isNews: true, state: { status: 'open', reread: { sides: [] } } });
  });

  it('is resolved once when its nights are free again, and begins anew when they are not', () => {
    const over = judged(facts({ found: [], held: heldOf(first) }), T0 + 1);
    expect(over).toMatchObject({ isNews: true, isNew: false, state: { status: 'resolved' } });
    expect(judgeConflicts(facts({ found: [], held: heldOf(over) }), T0 + 2)).toEqual([]);

    expect(judged(facts({ held: heldOf(over) }), T0 + 3000)).toMatchObject({
      ...{ isNew: true, isNews: true },
      state: { status: 'checking', since: '2026-07-01T00:00:03.000Z' },
    });
  });
});

describe('recordsBehind', () => {
  it('names the reservations, the messages, and each month of a calendar', () => {
    const state = { ...judged(facts(), T0).state, firstNight: '2026-12-30', lastNight: '2027-01-02' };
    const sides: ConflictSide[] = [
      side('a'),
      { what: 'availability', connection: 'c2', unitType: 'dbl', available: 1 },
      { what: 'message', connection: 'c1', message: 'm', reservation: null, sentAt: null },
    ];
    expect(recordsBehind({ ...state, sides }).map(({ kind, connection, entity }) => `${kind}/${connection}/${entity}`)).toEqual([
      'reservation/c1/a',
      'availability/c2/dbl:2026-12',
      'availability/c2/dbl:2027-01',
      'message/c1/m',
    ]);
  });

  it('is told again, over or not, where an earlier look may yet tell what it saw', () => {
    const first = judged(facts(), T0);
    const over = judged(facts({ found: [], held: heldOf(first) }), T0 + 1);
    const again = (more: Partial<ConflictFacts>, asOf: number) => judgeConflicts(facts({ overtakes: true, ...more }), asOf);

    expect(again({ held: heldOf(first) }, T0 + 2)).toMatchObject([{ isNews: true, isNew: false, state: { status: 'checking' } }]);
    expect(again({ found: [], held: heldOf(over) }, T0 + 2)).toMatchObject([{ isNews: true, state: { status: 'resolved' } }]);
    // Nights that are over are in nobody's picture.
    expect(again({ found: [], held: heldOf(over) }, T0 + 5 * 86_400_000)).toEqual([]);
  });
});
