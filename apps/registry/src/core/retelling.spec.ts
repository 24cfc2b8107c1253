import fc from 'fast-check';
import { facet, join, type EntityRecord, type Stamp } from '@roomwire/events';
import { ANSWERED_WITHIN_MS, begun, kindsFrom, owesRetelling, roomOf, stepped, type Retelling } from './retelling.ts';

const T = Date.parse('2026-07-01T12:00:00Z');
const LAG = 11_000;
const stamp = (more: Partial<Stamp> = {}): Stamp => ({
  epoch: 0,
  modifiedAt: T * 1000,
  rank: 0,
  observedAt: 0,
  mapping: 1,
  ...more,
});
const recordOf = (facets: EntityRecord['facets']): EntityRecord => ({
  kind: 'reservation',
  connection: 'c1',
  entity: '1',
  facets,
});
const guest = (text: string, more: Partial<Stamp> = {}) =>
  recordOf({ guest: facet({ name: text, adults: null, children: null }, stamp(more)) });
/** What a by-id read granted at `ms` says that exists, or does not. */
const seen = (ms: number, more: Partial<Stamp> = {}, state = 'present') =>
  recordOf({ existence: facet({ state }, stamp({ rank: 1, modifiedAt: ms * 1000, observedAt: ms * 1000, ...more })) });

describe('owesRetelling', () => {
  const target = { epoch: 0, mapping: 2 };

  it.each<[string, boolean, EntityRecord, typeof target]>([
    ['told under the mapping', false, guest('Ada', { mapping: 2 }), target],
    ['told under an older one', true, guest('Ada'), target],
    ['told under an older epoch', true, guest('Ada', { mapping: 2 }), { epoch: 1, mapping: 2 }],
    ['read under the older one', true, join(guest('Ada', { rank: 1, observedAt: 9 }), seen(T + LAG)), target],
    ['not carried by a read under the mapping', false, join(guest('Ada'), seen(T + LAG, { mapping: 2 })), target],
    ['not carried by one that may have been behind', true, join(guest('Ada'), seen(T + LAG - 1, { mapping: 2 })), target],
    [
      'not carried by one that was told under an older epoch',
      true,
      join(guest('Ada'), seen(T + LAG, { mapping: 2 })),
      { epoch: 1, mapping: 2 },
    ],
    ['gone', false, join(guest('Ada'), seen(T, {}, 'gone')), target],
    ['gone before the epoch: a backup may hold it', true, join(guest('Ada'), seen(T, {}, 'gone')), { epoch: 1, mapping: 2 }],
    ['gone under the epoch', false, join(guest('Ada'), seen(T, { epoch: 1 }, 'gone')), { epoch: 1, mapping: 2 }],
    ['only said to exist, under the older mapping', false, seen(T), target],
    ['only said to exist, under an older epoch', true, seen(T, { mapping: 2 }), { epoch: 1, mapping: 2 }],
    ['a push that beat another’s content by its mapping alone', true, join(guest('ADA'), guest('Grace', { mapping: 2 })), target],
    ['a read that did', false, join(guest('ADA'), guest('Grace', { mapping: 2, rank: 1, observedAt: 9 })), target],
  ])('%s: %s', (_what, owes, record, of) => {
    expect(owesRetelling(record, of, LAG)).toBe(owes);
  });
});

describe('begun', () => {
  const walk = begun(undefined, { epoch: 1, mapping: 2 }, T, 10_000)!;

  it('begins when the provider’s lag is over, for whatever is higher, and never for less', () => {
    expect(walk).toMatchObject({ epoch: 1, mapping: 2, pass: 1, notBefore: T + 10_000, done: false });
    expect(begun({ ...walk, done: true }, { epoch: 1, mapping: 2 }, T, 0)).toBeUndefined();
    // A replica of the release before.
    expect(begun(walk, { epoch: 1, mapping: 1 }, T, 0)).toBeUndefined();
    expect(begun({ ...walk, done: true }, { epoch: 2, mapping: 1 }, T, 0)).toMatchObject({ epoch: 2, mapping: 2, done: false });
  });
});

describe('a walk', () => {
  const start = begun(undefined, { epoch: 0, mapping: 2 }, T, 0)!;
  const found = { owing: new Set<string>(), asked: [] as string[], unreadable: 0, at: null };

  it('ends with the pass that finds nothing', () => {
    const asked = stepped(start, { ...found, asked: ['a', 'b'], unreadable: 1 }, T);
    expect(asked).toMatchObject({ waiting: [{ name: 'a' }, { name: 'b' }], at: null, done: false, notBefore: T + 1_000 });
    const waiting = stepped(asked, { ...found, owing: new Set(['b']) }, T + 1);
    expect(waiting).toMatchObject({ waiting: [{ name: 'b', since: T }], pass: 1 });
    expect(stepped(waiting, { ...found, owing: new Set(['b']) }, T + 2)).toBe(waiting);

    const second = stepped(waiting, found, T + 3);

    expect(second).toMatchObject({ pass: 2, at: start.at, unreadable: 0, asked: 2, askedNow: 0, done: false });
    expect(stepped(second, { ...found, unreadable: 1 }, T + 4)).toMatchObject({ done: true, asked: 2, unreadable: 1 });
  });

  it('waits for no answer longer than its time, and asks again in the next pass', () => {
    const asked = stepped(start, { ...found, asked: ['a'] }, T);

    const second = stepped(asked, { ...found, owing: new Set(['a']) }, T + ANSWERED_WITHIN_MS);

    expect(second).toMatchObject({ pass: 2, waiting: [] });
  });

  it('begins each kind where it was', () => {
    expect(kindsFrom({ kind: 'ticket', after: 'ticket/c1/7' })).toEqual([{ kind: 'ticket', after: 'ticket/c1/7' }]);
    expect(kindsFrom({ kind: 'task', after: 'task/c1/7' })).toEqual([
      { kind: 'task', after: 'task/c1/7' },
      { kind: 'ticket', after: '' },
    ]);
  });

  it('ends whatever is answered or not, never has more in flight than it may, and asks for nothing that is answered', () => {
    const limits = { perSecond: 2, inFlight: 3 };
    const names = fc.uniqueArray(
      fc.record({ name: fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 }), deaf: fc.boolean() }),
      {
        selector: ({ name }) => name,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.boolean()), (all, answers) => {
        const owing = new Set(all.map(({ name }) => name));
        const deaf = new Set(all.filter((each) => each.deaf).map(({ name }) => name));
        let walk: Retelling = start;
        let now = T;
        for (let steps = 0; !walk.done; steps++) {
          expect(steps).toBeLessThan(400);
          for (const { name } of walk.waiting) if (!deaf.has(name) && answers.next().value) owing.delete(name);
          now += walk.waiting.length > 0 && walk.waiting.every(({ name }) => deaf.has(name)) ? ANSWERED_WITHIN_MS : 1_000;
          const room = roomOf({ ...walk, waiting: walk.waiting.filter(({ name }) => owing.has(name)) }, limits);
          const from = walk.at ? [...owing].filter((name) => name > walk.at!.after).sort() : [];
          const asked = from.slice(0, room);
          const at = walk.at && asked.length === room ? { kind: walk.at.kind, after: asked.at(-1) ?? walk.at.after } : null;
          walk = stepped(walk, { owing: new Set(owing), asked, unreadable: 0, at }, now);
          expect(walk.waiting.length).toBeLessThanOrEqual(limits.inFlight);
        }
        expect([...owing].filter((name) => !deaf.has(name))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
