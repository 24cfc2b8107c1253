import { facet, join, type EntityRecord, type Stamp } from '@roomwire/events';
import { CLOCKS_APART_MS, readOfHint, readsOfTies } from './owed-reads.ts';

const SECOND = 1_000_000;
/** The provider's instant of every tie here, µs and ms. */
const T = Date.parse('2026-07-01T12:00:00Z') * 1000;
const TIE = T / 1000;
const SETTLED = TIE + 1_000 + 2_000 + CLOCKS_APART_MS;
const readable = { resolutionMs: 1_000, readLagMs: 10_000 };

const pushed: Stamp = { epoch: 0, modifiedAt: T, rank: 0, observedAt: 0, mapping: 1 };
const reading = (observedAt: number, modifiedAt = T): Stamp => ({ ...pushed, modifiedAt, rank: 1, observedAt });
const record = (facets: EntityRecord['facets']): EntityRecord => ({ kind: 'reservation', connection: 'c1', entity: '1', facets });
const guest = (name: string, stamp = pushed, settled = false): EntityRecord =>
  record({ guest: facet({ name, adults: null, children: null }, stamp, settled) });
/** A by-id read's telling: it knows that the entity exists. */
const read = (telling: EntityRecord, observedAt: number, state = 'present'): EntityRecord =>
  record({ ...telling.facets, existence: facet({ state }, reading(observedAt, observedAt)) });
const at = (observedAt: number, name: string, settled = false, modifiedAt = T): EntityRecord =>
  read(guest(name, reading(observedAt, modifiedAt), settled), observedAt);

const ambiguous = join(guest('Ada'), guest('Grace'));
const atOnce = { reason: 'ambiguous', dueAt: undefined };
const due = (dueAt: number) => ({ reason: 'ambiguous', dueAt });

describe('readsOfTies', () => {
  const soon = TIE + 300;
  const early = at(5, 'Grace');
  const money = record({ money: facet({ total: { amountMinor: 100, currency: 'EUR' } }, reading(5)) });
  const olderMoney = record({ money: facet({ total: { amountMinor: 100, currency: 'EUR' } }, reading(5, T - SECOND)) });

  it.each<[string, EntityRecord, EntityRecord, number, unknown[]]>([
    ['nothing of a certain record', guest('Ada'), guest('Ada'), soon, []],
    ['one at once and one when settled, of a tie', ambiguous, guest('Grace'), soon, [atOnce, due(SETTLED)]],
    ['the same under the same instant, told again', ambiguous, guest('Grace'), soon + 900, [atOnce, due(SETTLED)]],
    ['one at once, of a tie that can have settled', ambiguous, guest('Grace'), SETTLED, [atOnce]],
    ['the same, whatever else is told', ambiguous, guest('Ada', { ...pushed, modifiedAt: 1 }), soon, [atOnce, due(SETTLED)]],
    ['the one when settled, of a read too early', join(ambiguous, early), early, soon, [due(SETTLED)]],
    [
      'the next, twice as late, of a read that came late and unsettled',
      join(ambiguous, early),
      early,
      TIE + 8_000,
      [due(TIE + 16_000)],
    ],
    ['nothing, of a read that was settled', join(ambiguous, at(5, 'Ada', true)), at(5, 'Ada', true), SETTLED, []],
    [
      'nothing, of a read that is newer',
      join(ambiguous, at(5, 'Ada', false, T + SECOND)),
      at(5, 'Ada', false, T + SECOND),
      soon,
      [],
    ],
    [
      'the next, of a read that is behind',
      join(ambiguous, at(5, 'Ada', true, T - SECOND)),
      at(5, 'Ada', true, T - SECOND),
      TIE + 8_000,
      [due(TIE + 16_000)],
    ],
    ['nothing, of a read that does not carry the facet', join(ambiguous, read(money, 5)), read(money, 5), TIE + 8_000, []],
    [
      'the next, where such a read is behind',
      join(ambiguous, read(olderMoney, 5)),
      read(olderMoney, 5),
      TIE + 8_000,
      [due(TIE + 16_000)],
    ],
    ['no more after a day', join(ambiguous, early), early, TIE + 86_400_001, []],
    ['nothing, of what is gone', join(ambiguous, read(record({}), 5, 'gone')), guest('Ada'), soon, []],
  ])('owes %s', (_what, after, told, heardAt, owed) => {
    expect(readsOfTies(after, told, heardAt, readable)).toEqual(owed);
  });

  it('comes to an end with a provider that never settles anything', () => {
    let heardAt = TIE + 200;
    let reads = 0;
    for (;;) {
      const [next, ...more] = readsOfTies(join(ambiguous, early), early, heardAt, readable);
      expect(more).toEqual([]);
      if (!next) break;
      expect(next.dueAt).toBeGreaterThan(heardAt);
      heardAt = next.dueAt! + 150;
      reads++;
    }
    expect(reads).toBeLessThanOrEqual(16);
  });
});

describe('readOfHint', () => {
  const now = TIE + 500;
  const again = { reason: 'read-lag', dueAt: now + 10_000 };
  const observed = (name: string, observedAt: number) => read(guest(name, reading(observedAt, observedAt)), observedAt);
  const gone = read(record({}), 9, 'gone');

  it.each<[string, EntityRecord | undefined, EntityRecord, number | undefined, unknown]>([
    ['follows where the read says what the record says', guest('Ada'), at(5, 'Ada'), undefined, again],
    ['follows where it says what the last read said', at(5, 'Ada'), at(9, 'Ada'), undefined, again],
    [
      'follows where the read is older than the record',
      guest('Ada', { ...pushed, modifiedAt: T + SECOND }),
      at(5, 'Grace'),
      undefined,
      again,
    ],
    ['follows where only the read’s own instant is newer', observed('Ada', 5), observed('Ada', 9), undefined, again],
    ['follows where what is gone is gone', gone, read(record({}), 11, 'gone'), undefined, again],
    ['does not follow other content', guest('Ada'), at(5, 'Grace'), undefined, undefined],
    ['does not follow a newer stamp', guest('Ada'), at(5, 'Ada', false, T + SECOND), undefined, undefined],
    ['does not follow what was not known', undefined, at(5, 'Ada'), undefined, undefined],
    ['does not follow a facet that was not known', record({}), at(5, 'Ada'), undefined, undefined],
    ['does not follow what has gone', guest('Ada'), gone, undefined, undefined],
    ['does not follow what has come back', join(guest('Ada'), gone), at(11, 'Ada'), undefined, undefined],
    ['does not follow a read at the hint’s own time', guest('Ada'), at(5, 'Ada'), T, undefined],
    ['follows a read behind the hint’s own time, whatever it says', guest('Ada'), at(5, 'Grace'), T + SECOND, again],
    ['does not follow a read of what is gone, at any time', guest('Ada'), gone, T, undefined],
  ])('%s', (_what, held, told, modifiedAt, owed) => {
    const hint = { kind: told.kind, entity: told.entity, ...(modifiedAt === undefined ? {} : { modifiedAt }) };
    expect(readOfHint(held, told, hint, now, readable)).toEqual(owed);
  });

  it.each<[string, EntityRecord | undefined, EntityRecord, unknown]>([
    ['follows a removal where the read was behind and told of what nobody knew', undefined, at(5, 'Ada'), again],
    ['follows a removal where the read brings other news', guest('Ada'), at(5, 'Grace'), again],
    ['does not follow a removal that the read has seen', guest('Ada'), gone, undefined],
    ['does not follow a removal of what is gone already', gone, read(record({}), 11, 'gone'), undefined],
  ])('%s', (_what, held, told, owed) => {
    const hint = { kind: told.kind, entity: told.entity, gone: true } as const;
    expect(readOfHint(held, told, hint, now, readable)).toEqual(owed);
  });
});
