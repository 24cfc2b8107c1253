import fc from 'fast-check';
import { entryOf, standingEntry, standingOf } from './entry.ts';
import { nightAfter, type Span } from './nights.ts';
import {
  accepted,
  fateOfHold,
  fateOfSaid,
  held,
  intended,
  NOTHING,
  owed,
  pruned,
  refused,
  said,
  type Standing,
} from './standing.ts';

const FIRST = '2027-03-01';
const night = (day: number): string => nightAfter(FIRST, day);
const at = (second: number): string => new Date(Date.UTC(2027, 0, 1, 0, 0, second)).toISOString();
const closing = (day: number, closed: boolean) => [{ cell: night(day), fields: { closed } }];
const nights = (from: number, count: number): Span[] => [{ from: night(from), until: night(from + count - 1) }];
const NO = { code: 'invalid-request', detail: 'no' };

/** Everything that is owed is told, and the provider says yes. */
const told = (standing: Standing): Standing =>
  owed(standing).reduce((before, [cell, wanted]) => accepted(intended(before, [cell]), [cell], wanted), standing);

const order = fc.record({
  second: fc.integer({ min: 0, max: 5 }),
  order: fc.constantFrom('o-1', 'o-2', 'o-3'),
  day: fc.integer({ min: 0, max: 2 }),
  fields: fc.record({ closed: fc.boolean(), available: fc.integer({ min: 0, max: 3 }) }, { requiredKeys: [] }),
});
type Order = { second: number; order: string; day: number; fields: Record<string, unknown> };
/** One order says one thing: the name and the instant decide what. */
const consistent = (orders: readonly Order[]): Order[] => [
  ...new Map(orders.map((each) => [`${each.second} ${each.order} ${each.day}`, each])).values(),
];
const apply = (standing: Standing, { second, order: name, day, fields }: Order): Standing =>
  said(standing, [{ cell: night(day), fields }], { at: at(second), order: name });

describe('what a provider shall be told', () => {
  it('is what was said last, whatever the order in which it comes, and however often', () => {
    fc.assert(
      fc.property(fc.array(order, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (raw, chance) => {
        const orders = consistent(raw);
        const shuffled = [...orders, ...orders]
          .map((each) => ({ each, key: chance.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const straight = orders.reduce(apply, NOTHING);
        expect(owed(shuffled.reduce(apply, NOTHING))).toEqual(owed(straight));
        for (const [cell, wanted] of owed(straight))
          for (const [field, value] of Object.entries(wanted)) {
            const about = orders.filter(({ day, fields }) => night(day) === cell && field in fields);
            const last = about.sort((a, b) => a.second - b.second || (a.order < b.order ? -1 : 1)).at(-1)!;
            expect(value).toBe(last.fields[field]);
          }
      }),
    );
  });

  it('is kept in a form that gives it back', () => {
    fc.assert(
      fc.property(fc.array(order, { maxLength: 12 }), (raw) => {
        const standing = held(consistent(raw).reduce(apply, NOTHING), 'b/1', 1, nights(1, 4));
        const kept = standingEntry.parse(JSON.parse(JSON.stringify(entryOf(standing))));
        expect(standingOf(kept)).toEqual(standing);
      }),
    );
  });

  it('is owed until the provider has taken it, and again when it is unknown what the provider has heard', () => {
    const wanted = said(NOTHING, closing(0, true), { at: at(1), order: 'o-1' });
    expect(owed(wanted)).toEqual([[night(0), { closed: true }]]);
    expect(owed(told(wanted))).toEqual([]);
    expect(owed(intended(told(wanted), [night(0)]))).toEqual([[night(0), { closed: true }]]);
  });

  it('is owed once more where it changed and changed back while the provider was being told', () => {
    const open = told(said(NOTHING, closing(0, false), { at: at(1), order: 'o-1' }));
    const closes = intended(said(open, closing(0, true), { at: at(2), order: 'o-2' }), [night(0)]);
    expect(owed(said(closes, closing(0, false), { at: at(3), order: 'o-3' }))).toEqual([[night(0), { closed: false }]]);
  });

  it('is not told again by itself after a refusal, but when the order comes once more, and when another says otherwise', () => {
    const asked = said(NOTHING, closing(0, true), { at: at(1), order: 'o-1' });
    const no = refused(intended(asked, [night(0)]), [night(0)], { closed: true }, NO);
    expect(owed(no)).toEqual([]);
    expect(fateOfSaid(no, closing(0, true), { at: at(1), order: 'o-1' })).toEqual({
      ...{ cells: 1, owed: 0, overtaken: 0 },
      refused: [{ cell: night(0), ...NO }],
    });
    expect(owed(said(no, closing(0, true), { at: at(1), order: 'o-1' }))).toHaveLength(1);
    expect(owed(said(no, closing(0, false), { at: at(2), order: 'o-2' }))).toHaveLength(1);
  });

  it('leaves an order that others have overtaken without anything owed', () => {
    const standing = said(said(NOTHING, closing(0, true), { at: at(1), order: 'o-1' }), closing(0, false), {
      ...{ at: at(2), order: 'o-2' },
    });
    expect(fateOfSaid(standing, closing(0, true), { at: at(1), order: 'o-1' })).toMatchObject({ owed: 0, overtaken: 1 });
    expect(fateOfSaid(standing, closing(0, false), { at: at(2), order: 'o-2' })).toMatchObject({ owed: 1, overtaken: 0 });
  });

  it('forgets what is over', () => {
    const standing = held(said(NOTHING, closing(0, true), { at: at(1), order: 'o-1' }), 'b/1', 1, nights(0, 2));
    expect(pruned(standing, night(1))).toMatchObject({ cells: { [night(1)]: {} }, holds: { 'b/1': {} } });
    expect(pruned(standing, night(2))).toEqual(NOTHING);
  });
});

describe('nights that stays elsewhere take', () => {
  it('are closed while one of them takes the night, and opened when none does', () => {
    const two = told(held(held(NOTHING, 'b/1', 1, nights(0, 2)), 'b/2', 1, nights(1, 2)));
    const one = held(two, 'b/1', 2, []);
    expect(owed(one)).toEqual([[night(0), { closed: false }]]);
    expect(owed(held(told(one), 'b/2', 2, []))).toEqual([
      [night(1), { closed: false }],
      [night(2), { closed: false }],
    ]);
  });

  it('are opened by nobody but us: what was never told closed is left alone', () => {
    expect(owed(held(held(NOTHING, 'b/1', 1, nights(0, 1)), 'b/1', 2, []))).toEqual([]);
    const no = refused(held(NOTHING, 'b/1', 1, nights(0, 1)), [night(0)], { closed: true }, NO);
    expect(owed(held(no, 'b/1', 2, []))).toEqual([]);
  });

  it('are opened after all where nobody knows whether they were closed', () => {
    const perhaps = intended(held(NOTHING, 'b/1', 1, nights(0, 1)), [night(0)]);
    expect(owed(held(perhaps, 'b/1', 2, []))).toEqual([[night(0), { closed: false }]]);
  });

  it('stay closed although somebody orders them open, and become what he wants when the stay is gone', () => {
    const taken = told(held(NOTHING, 'b/1', 1, nights(0, 1)));
    const wished = said(taken, closing(0, false), { at: at(1), order: 'o-1' });
    expect(owed(wished)).toEqual([]);
    expect(owed(held(wished, 'b/1', 2, []))).toEqual([[night(0), { closed: false }]]);
    const closed = said(taken, closing(0, true), { at: at(1), order: 'o-1' });
    expect(owed(held(closed, 'b/1', 2, []))).toEqual([]);
  });

  it('are those that were said last of the stay, however late the earlier comes', () => {
    const moved = held(NOTHING, 'b/1', 2, nights(5, 1));
    expect(held(moved, 'b/1', 1, nights(0, 1))).toEqual(moved);
    expect(fateOfHold(moved, 'b/1', 1)).toMatchObject({ owed: 0 });
    expect(fateOfHold(moved, 'b/1', 2)).toMatchObject({ owed: 1, cells: 1 });
  });

  it('follow any history of stays: closed where a stay is, open where we closed and none is, untouched elsewhere', () => {
    const step = fc.record({
      stay: fc.constantFrom('b/1', 'b/2', 'm/1'),
      from: fc.integer({ min: 0, max: 6 }),
      count: fc.integer({ min: 0, max: 4 }),
      tells: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let standing = NOTHING;
        const takes = new Map<string, string[]>();
        const closedByUs = new Set<string>();
        steps.forEach(({ stay, from, count, tells }, n) => {
          standing = held(standing, stay, n + 1, count > 0 ? nights(from, count) : []);
          takes.set(
            stay,
            Array.from({ length: count }, (_, day) => night(from + day)),
          );
          if (!tells) return;
          for (const [cell, { closed }] of owed(standing)) {
            if (closed === true) closedByUs.add(cell);
            else expect(closedByUs.has(cell)).toBe(true);
          }
          standing = told(standing);
        });
        const taken = [...takes.values()].flat();
        const end = told(standing);
        for (let day = 0; day < 11; day++) {
          const cell = end.cells[night(day)];
          if (taken.includes(night(day))) expect(cell?.told).toBe('{"closed":true}');
          else expect(cell?.told === '{"closed":true}').toBe(false);
        }
      }),
    );
  });
});
