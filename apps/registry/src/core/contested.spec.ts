import fc from 'fast-check';
import { facet, sideName, type EntityRecord, type Kind } from '@roomwire/events';
import { contestedInMonth, twinsAmong, type Contested, type SaleFacts } from './contested.ts';
import { contradictionsOf } from './run.ts';

const NOON = Date.parse('2026-06-01T12:00:00Z');
const LAG = 10_000;
const record = (kind: Kind, entity: string, facets: Record<string, unknown>, toldMs = NOON, connection = 'c1'): EntityRecord => ({
  ...{ kind, connection, entity },
  facets: Object.fromEntries(
    Object.entries(facets).map(([name, content]) => [
      name,
      facet(content, { epoch: 0, modifiedAt: toldMs * 1000, rank: 1, observedAt: toldMs * 1000, mapping: 1 }),
    ]),
  ),
});
const day = (n: number): string => `2026-07-${String(n).padStart(2, '0')}`;
const stay = (entity: string, from: number, to: number, units: string[] = [], status = 'confirmed'): EntityRecord =>
  record('reservation', entity, {
    core: { status, arrival: day(from), departure: day(to), property: 'p', unitType: 'dbl', channel: null },
    ...(units.length ? { units: { units } } : {}),
  });
const open = (nights: number[], available: number, toldMs = NOON + LAG, closed = false): EntityRecord =>
  record('availability', 'dbl:2026-07', Object.fromEntries(nights.map((night) => [day(night), { available, closed }])), toldMs);
const price = (connection: string, nights: Record<number, number>, currency = 'EUR'): EntityRecord =>
  record(
    'rate',
    'dbl:2026-07',
    Object.fromEntries(
      Object.entries(nights).map(([night, amountMinor]) => [
        day(Number(night)),
        { price: { amountMinor, currency }, minimumStay: null },
      ]),
    ),
    NOON,
    connection,
  );
const look = (records: EntityRecord[], more: Partial<SaleFacts> = {}) =>
  contestedInMonth({ month: '2026-07', records, quantity: 2, single: false, readLagMs: () => LAG, ...more });
const brief = (contested: readonly Contested[]) =>
  contradictionsOf('sale_t-1', contested).map(({ kind, firstNight, lastNight, sides }) =>
    [kind, firstNight?.slice(-2), lastNight?.slice(-2), ...sides.map(({ side }) => sideName(side).slice(3))].join(' '),
  );

describe('contestedInMonth', () => {
  it('sees more stays than doors, whether assigned or not, and who they are', () => {
    const two = [stay('a', 1, 5), stay('b', 2, 9, ['101'])];
    expect(brief(look(two).contested)).toEqual([]);
    expect(brief(look([...two, stay('c', 4, 6)]).contested)).toEqual(['overbooked 04 04 a b c']);
    expect(brief(look([...two, stay('c', 4, 6, [], 'cancelled')]).contested)).toEqual([]);
  });

  it('counts a stay over several doors as so many', () => {
    expect(brief(look([stay('a', 1, 3, ['101', '102', '103'])]).contested)).toEqual(['overbooked 01 02 a']);
    expect(brief(look([stay('a', 1, 3, ['101', '102', '103'])], { quantity: 3 }).contested)).toEqual([]);
  });

  it('leaves the stays on a single door to its room', () => {
    expect(look([stay('a', 1, 3), stay('b', 1, 3)], { quantity: 1, single: true }).contested).toEqual([]);
  });

  it('does not connect those who all leave with those who all come', () => {
    const stays = [stay('a', 1, 3), stay('b', 1, 3), stay('c', 3, 5), stay('d', 3, 5)];
    expect(brief(look(stays, { quantity: 1 }).contested)).toEqual(['overbooked 01 02 a b', 'overbooked 03 04 c d']);
  });

  it('divides what lies nights apart, though one guest is in both', () => {
    const stays = [stay('a', 1, 9), stay('b', 2, 3), stay('c', 7, 8)];
    expect(brief(look(stays, { quantity: 1 }).contested)).toEqual(['overbooked 02 02 a b', 'overbooked 07 07 a c']);
  });

  it('contradicts a calendar that offers what is taken, and says nothing of one that offers less', () => {
    expect(brief(look([stay('a', 1, 3), open([1, 2, 3], 2)]).contested)).toEqual(['availability 01 02 dbl a']);
    expect(look([stay('a', 1, 3), open([1, 2, 3], 1)]).contested).toEqual([]);
    expect(look([stay('a', 1, 3), open([1, 2, 3], 0)]).contested).toEqual([]);
    expect(look([stay('a', 1, 3), open([1, 2, 3], 2, NOON + LAG, true)]).contested).toEqual([]);
    expect(brief(look([stay('a', 1, 3), open([1], 1)], { quantity: 1, single: true }).contested)).toEqual([
      'availability 01 01 dbl a',
    ]);
  });

  it('believes a calendar only once it was observed after the stay, by as long as a read may be behind', () => {
    expect(look([stay('a', 1, 3), open([1, 2], 2, NOON + LAG - 1)])).toEqual({
      contested: [],
      uncertain: [{ connection: 'c1', entity: 'dbl:2026-07', dueAt: NOON + LAG }],
    });
    expect(look([stay('a', 1, 3), open([1, 2], 2)]).uncertain).toEqual([]);
  });

  it('knows nothing of a type that nobody has told of', () => {
    const many = [stay('a', 1, 3), stay('b', 1, 3), open([1], 9)];
    expect(look(many, { quantity: Infinity }).contested).toEqual([]);
  });

  it('sees two connections ask different prices, in one currency', () => {
    const one = price('c1', { 1: 100, 2: 100, 3: 120 });
    const two = price('c2', { 1: 100, 2: 110, 3: 110 });
    expect(brief(look([one, two]).contested)).toEqual(['price 02 03 dbl dbl']);
    expect(contradictionsOf('s', look([one, two]).contested)[0]!.sides.map(({ side }) => side)).toMatchObject([
      { connection: 'c1', lowestMinor: 100, highestMinor: 120 },
      { connection: 'c2', lowestMinor: 110, highestMinor: 110 },
    ]);
    expect(look([one, price('c2', { 2: 110 }, 'CHF')]).contested).toEqual([]);
    // Two types of one system that somebody has linked: its own affair.
    expect(look([one, { ...price('c1', { 3: 90 }), entity: 'twin:2026-07' }]).contested).toEqual([]);
  });

  it('agrees with counting doors, night by night, in any order of the stays', () => {
    const some = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 })),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 3 }), (spans, quantity) => {
        const stays = spans.map(([from, nights, doors], i) =>
          stay(
            String.fromCharCode(97 + i),
            from,
            from + nights,
            Array.from({ length: doors }, (_, n) => `${i}-${n}`),
          ),
        );
        const found = look(stays, { quantity }).contested;
        expect(brief(look(stays.toReversed(), { quantity }).contested)).toEqual(brief(found));
        for (let n = 1; n < 20; n++) {
          const taken = spans.reduce(
            (sum, [from, nights, doors]) => sum + (from <= n && n < from + nights ? Math.max(1, doors) : 0),
            0,
          );
          expect(found.some(({ night }) => night === day(n))).toBe(taken > quantity);
        }
      }),
    );
  });
});

describe('contradictionsOf', () => {
  it('is one run over the end of a month, and has one id whichever month was looked at last', () => {
    const stays = [1, 2, 3].map((n) =>
      record('reservation', `${n}`, {
        core: {
          status: 'confirmed',
          arrival: '2026-07-30',
          departure: '2026-08-03',
          property: 'p',
          unitType: 'dbl',
          channel: null,
        },
      }),
    );
    const july = look(stays).contested;
    const august = look(stays, { month: '2026-08' }).contested;
    expect(brief([...july, ...august])).toEqual(['overbooked 30 02 1 2 3']);
    expect(contradictionsOf('s', [...august, ...july])).toEqual(contradictionsOf('s', [...july, ...august]));
    expect(contradictionsOf('s', july)[0]!.id).toBe(contradictionsOf('s', [...july, ...august])[0]!.id);
  });
});

describe('twinsAmong', () => {
  const said = (entity: string, body: string, sentAt: string | null, toldMs = NOON) =>
    record('message', entity, { core: { conversation: '7', reservation: null, direction: 'incoming', body, sentAt } }, toldMs);

  it('sees one message under two ids, by its words and its minutes', () => {
    const first = said('1', 'We arrive  late', '2026-06-01T10:00:00Z');
    expect(brief(twinsAmong([first, said('2', 'We arrive late ', '2026-06-01T12:04:00+02:00')]))).toEqual(['message   1 2']);
    expect(twinsAmong([first, said('2', 'We arrive late', '2026-06-01T10:06:00Z')])).toEqual([]);
    expect(twinsAmong([first, said('2', 'We arrive early', '2026-06-01T10:00:00Z')])).toEqual([]);
  });

  it('goes by when it was told where it has no time', () => {
    expect(twinsAmong([said('1', 'hi', null), said('2', 'hi', null, NOON + 1000)])).toHaveLength(1);
    expect(twinsAmong([said('1', 'hi', null), said('2', 'hi', null, NOON + 3_600_000)])).toEqual([]);
  });

  it('is one contradiction though two days hold it', () => {
    const twins = twinsAmong([said('1', 'hi', '2026-06-01T23:59:00Z'), said('2', 'hi', '2026-06-02T00:01:00Z')]);
    expect(contradictionsOf('talk_1', [...twins, ...twins])).toHaveLength(1);
  });
});
