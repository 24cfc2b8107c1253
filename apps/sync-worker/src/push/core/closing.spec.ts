import { facet, recordChangeOf, type EntityRecord } from '@roomwire/events';
import { closingOf, isSettled, orderName, stayOf, toClose, type Stay } from './closing.ts';
import { accepted, held, NOTHING } from './standing.ts';

const stamp = { epoch: 0, modifiedAt: 1, rank: 1 as const, observedAt: 1, mapping: 1 };
const core = { status: 'confirmed', arrival: '2027-05-01', departure: '2027-05-04', property: 'p', unitType: 'x', channel: null };

function change(facets: Record<string, unknown>, lane: 'live' | 'bulk' = 'live') {
  const record: EntityRecord = {
    ...{ kind: 'reservation', connection: 'a', entity: 'r1' },
    facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp)])),
  };
  const cause = { tenant: 't1', provider: 'hostaway', lane, receivedAt: '2027-01-01T00:00:00.000Z' } as const;
  return recordChangeOf(record, 3, { property: null, units: ['u-1'] }, cause, { confirmed: false });
}
const stay: Stay = stayOf(change({ core }))!;
const AT_B = { connection: 'b', unitType: '7' };
const spans = [{ from: '2027-05-01', until: '2027-05-03' }];

describe('what a stay closes elsewhere', () => {
  it('is its nights: not the day of departure, and none where it takes no room', () => {
    expect(stay).toMatchObject({ nights: spans[0], units: ['u-1'], revision: 3, lane: 'critical' });
    expect(stayOf(change({ core }, 'bulk'))).toMatchObject({ lane: 'ordinary' });
    for (const status of ['cancelled', 'inquiry', 'no-show'])
      expect(stayOf(change({ core: { ...core, status } }))).toMatchObject({ nights: null });
    expect(stayOf(change({ core, existence: { state: 'gone' } }))).toMatchObject({ nights: null });
    expect(stayOf(change({ units: { units: ['7'] } }))).toBeUndefined();
  });

  it('is what is offered there and not over: what others have closed is theirs', () => {
    const calendar: EntityRecord = {
      ...{ kind: 'availability', connection: 'b', entity: '7:2027-05' },
      facets: {
        '2027-05-01': facet({ available: 1, closed: false }, stamp),
        '2027-05-02': facet({ available: 0, closed: false }, stamp),
      },
    };
    const offered = (ours = NOTHING, oldest = '2027-04-01') => toClose(stay.nights!, oldest, () => calendar, ours);
    expect(offered()).toEqual([
      { from: '2027-05-01', until: '2027-05-01' },
      { from: '2027-05-03', until: '2027-05-03' },
    ]);
    expect(offered(NOTHING, '2027-05-03')).toEqual([{ from: '2027-05-03', until: '2027-05-03' }]);
    const wished = held(NOTHING, 'a/r1', 1, [{ from: '2027-05-02', until: '2027-05-02' }]);
    expect(offered(wished)).toHaveLength(2);
    // Closed by us: that it comes back closed is our own doing.
    expect(offered(accepted(wished, ['2027-05-02'], { closed: true }))).toEqual(spans);
  });

  it('is told to whoever has heard of the stay before: with nights, or with none', () => {
    const first = closingOf(undefined, stay, [{ ...AT_B, spans }]);
    expect(first).toMatchObject({ n: 1, revision: 3, owed: true, holds: [{ ...AT_B, spans }] });
    const moved = closingOf({ ...first, owed: false }, stay, [{ connection: 'c', unitType: '8', spans }]);
    expect(moved).toMatchObject({ n: 2, holds: [{ connection: 'c' }, { ...AT_B, spans: [] }] });
    expect(orderName(moved, AT_B)).not.toBe(orderName(first, AT_B));
    expect(orderName(first, AT_B)).toMatch(/^hold-[0-9a-f]{32}$/);
  });

  it('is settled once the orders are given, of this revision and of these places', () => {
    const given = { ...closingOf(undefined, stay, [{ ...AT_B, spans: [] }]), owed: false };
    expect(isSettled(given, stay, [AT_B])).toBe(true);
    expect(isSettled({ ...given, owed: true }, stay, [AT_B])).toBe(false);
    expect(isSettled(given, { ...stay, revision: 4 }, [AT_B])).toBe(false);
    expect(isSettled(given, stay, [])).toBe(false);
    expect(isSettled(given, stay, [{ ...AT_B, unitType: '8' }])).toBe(false);
    expect([isSettled(undefined, stay, []), isSettled(undefined, stay, [AT_B])]).toEqual([true, false]);
    expect(isSettled(undefined, { ...stay, nights: null }, [])).toBe(true);
  });
});
