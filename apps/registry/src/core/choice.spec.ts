import fc from 'fast-check';
import { facet, sideIdOf, sidesHash, type EntityRecord, type ReservationStatus, type Review } from '@roomwire/events';
import { overlapsOf } from './overlap.ts';
import { deriveRoom, type DerivedRoom } from './room.ts';
import { compareStays, stayOf } from './stay.ts';

const rules = { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
const day = (n: number): string => new Date(Date.UTC(2026, 2, 20 + n)).toISOString().slice(0, 10);
const at = (n: number, hour = '12:00'): number => Date.parse(`${day(n)}T${hour}:00+01:00`);

type Told = { from: number; nights: number; status?: ReservationStatus; checkIn?: string | null; checkOut?: string | null };
function stays(...told: Told[]): EntityRecord[] {
  const stamp = { epoch: 0, modifiedAt: 1, rank: 0 as const, observedAt: 0, mapping: 1 };
  return told.map(({ from, nights, status = 'confirmed', checkIn = null, checkOut = null }, i) => {
    const core = { status, arrival: day(from), departure: day(from + nights), property: 'p', unitType: 'p', channel: null };
    const facets = { core: facet(core, stamp), times: facet({ checkIn, checkOut }, stamp) };
    return { kind: 'reservation', connection: 'c1', entity: 'abcdefgh'[i]!, facets };
  });
}

/** Of each group the side that `pick` points at is chosen. */
function choices(records: readonly EntityRecord[], pick: (sides: string[]) => string): (conflict: string) => Review | undefined {
  const all = overlapsOf('u-1', records.flatMap((record) => stayOf(record, rules) ?? []).sort(compareStays));
  const reviews = all.map(({ id, sides }) => {
    const group = sides.map(({ side }) => side);
    const entity = pick(group.map((side) => sideIdOf(side).entity));
    const chosen = { what: 'reservation', connection: 'c1', entity } as const;
    return [id, { choice: 'chosen', chosen, sides: sidesHash(group) } as Review] as const;
  });
  return (conflict) => new Map(reviews).get(conflict);
}

function derived(records: EntityRecord[], reviewOf: (conflict: string) => Review | undefined, asOf: number): DerivedRoom {
  const unit = { id: 'u-1', property: 'p-1', name: 'Room 1' };
  const conflicts = { held: [], isReadable: () => false, reviewOf };
  return deriveRoom({ unit, records, property: undefined, defaults: rules, suspects: [], conflicts }, asOf);
}
/** Who is in and who comes, with what the door says. */
function brief({ room: { current, next, occupancy } }: DerivedRoom): string {
  return `${current?.reservation ?? '-'} ${next?.reservation ?? '-'} ${occupancy.state}`;
}
const nobody = () => undefined;

describe('a choice between stays', () => {
  const one = stays({ from: 1, nights: 3 }, { from: 3, nights: 5 });
  const chose = (name: string) => choices(one, () => name);
  const told = (name: string, asOf: number) => brief(derived(one, chose(name), asOf));

  it('gives the nights that both want to the chosen one, which ever came first', () => {
    expect(brief(derived(one, nobody, at(3, '20:00')))).toBe('b - occupied');
    expect(told('a', at(3, '20:00'))).toBe('a - occupied');
    expect(told('b', at(3, '20:00'))).toBe('b - occupied');
    expect(told('a', at(2))).toBe('a - occupied');
    expect(derived(one, chose('a'), at(2)).conflicts[0]!.state).toMatchObject({
      status: 'chosen',
      chosen: { what: 'reservation', connection: 'c1', entity: 'a' },
    });
    expect(derived(one, chose('a'), at(2)).room.conflicts).toEqual([]);
  });

  it('leaves the other where the chosen one is not: a choice empties no room', () => {
    expect(told('b', at(2))).toBe('a b occupied');
    // Its nights are over, and the other, which never said that it would not come, has the rest.
    expect(told('a', at(4, '10:59'))).toBe('a - occupied');
    expect(told('a', at(4, '11:00'))).toBe('b - occupied');
  });

  it('does not let the other in on the first evening of the chosen one, whatever the hours', () => {
    const late = stays({ from: 1, nights: 3, checkIn: '14:00' }, { from: 1, nights: 2, checkIn: '18:00' });
    expect(brief(derived(late, nobody, at(1, '16:00')))).toBe('a b occupied');
    expect(
      brief(
        derived(
          late,
          choices(late, () => 'b'),
          at(1, '16:00'),
        ),
      ),
    ).toBe('- b due-in');
  });

  it('bars only who wants a night of the chosen one, not everybody who is connected', () => {
    const chain = stays({ from: 1, nights: 3 }, { from: 3, nights: 5 }, { from: 7, nights: 3 });
    const given = (name: string, asOf: number) =>
      brief(
        derived(
          chain,
          choices(chain, () => name),
          asOf,
        ),
      );

    expect(given('a', at(2))).toBe('a c occupied');
    expect(given('a', at(8))).toBe('c - occupied');
    expect(given('b', at(7, '20:00'))).toBe('b - occupied');
  });

  it('is another question when a side has changed', () => {
    const changed = stays({ from: 1, nights: 3 }, { from: 3, nights: 6 });
    const { room, conflicts } = derived(changed, chose('a'), at(3, '20:00'));

    expect(conflicts[0]!.state).not.toHaveProperty('chosen');
    expect(conflicts[0]!.state.status).toBe('open');
    expect([room.current?.reservation, room.conflicts]).toEqual(['b', [conflicts[0]!.state.id]]);
  });
});

describe('any choices between any stays', () => {
  const hour = fc.constantFrom(null, '09:00', '14:00', '23:30');
  const world = fc.record({
    told: fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: 8 }),
        nights: fc.integer({ min: 1, max: 4 }),
        status: fc.constantFrom<ReservationStatus>('confirmed', 'confirmed', 'checked-in', 'checked-out', 'cancelled'),
        checkIn: hour,
        checkOut: hour,
      }),
      { minLength: 2, maxLength: 6 },
    ),
    picks: fc.infiniteStream(fc.nat()),
    order: fc.infiniteStream(fc.nat()),
    /** Quarters of hours since the first day; the clocks go forward on the ninth. */
    quarter: fc.integer({ min: -8, max: 96 * 14 }),
  });
  const next = (from: fc.Stream<number>): number => from.next().value as number;

  it('make no room vacant and fill none, and put the chosen one where it belongs by its dates', () => {
    fc.assert(
      fc.property(world, ({ told, picks, quarter }) => {
        const records = stays(...told);
        const reviewOf = choices(records, (sides) => sides[next(picks) % sides.length]!);
        const asOf = at(0, '00:00') + quarter * 900_000;
        const [without, chosen] = [derived(records, nobody, asOf), derived(records, reviewOf, asOf)];

        expect(chosen.room.occupancy.state === 'vacant').toBe(without.room.occupancy.state === 'vacant');
        for (const { state } of chosen.conflicts) {
          expect(state.status).toBe('chosen');
          const stay = records.find(({ entity }) => entity === state.chosen!.entity)!;
          const { arrivesMs, departsMs } = stayOf(stay, rules)!;
          const inGroup = state.sides.map((side) => sideIdOf(side).entity);
          const isIn = arrivesMs <= asOf && asOf < departsMs;
          if (isIn && inGroup.includes(chosen.room.current!.reservation)) expectNoLoser(chosen, stay, records);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  /** Who is in wants no night of the one that was chosen, unless it is that one. */
  function expectNoLoser({ room }: DerivedRoom, winner: EntityRecord, records: EntityRecord[]): void {
    const current = stayOf(
      records.find(({ entity }) => entity === room.current!.reservation)!,
      rules,
    )!;
    const { arrival, departure } = stayOf(winner, rules)!;
    if (room.current!.reservation === winner.entity) return;
    expect(current.arrival >= departure || current.departure <= arrival).toBe(true);
  }

  it('come to the same in whatever order the stays were told', () => {
    fc.assert(
      fc.property(world, ({ told, picks, order, quarter }) => {
        const records = stays(...told);
        const reviewOf = choices(records, (sides) => sides[next(picks) % sides.length]!);
        const shuffled = records
          .map((record) => ({ record, rank: next(order) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ record }) => record);
        const asOf = at(0, '00:00') + quarter * 900_000;

        expect(derived(shuffled, reviewOf, asOf).room).toEqual(derived(records, reviewOf, asOf).room);
      }),
    );
  });
});
