import { facet, type EntityRecord, type PropertyCore } from '@roomwire/events';
import { deriveRoom, sameRoom, type RoomFacts } from './room.ts';

const at = (text: string): number => Date.parse(text);
const stamp = (modifiedAt: number) => ({ epoch: 0, modifiedAt, rank: 0 as const, observedAt: 0, mapping: 1 });
const record = (
  kind: EntityRecord['kind'],
  entity: string,
  facets: Record<string, unknown>,
  modifiedMs = at('2026-06-01T00:00:00Z'),
): EntityRecord => ({
  kind,
  connection: 'c1',
  entity,
  facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp(modifiedMs * 1000))])),
});
const reservation = (
  entity: string,
  arrival: string,
  departure: string,
  more: Record<string, unknown> = {},
  status = 'confirmed',
): EntityRecord =>
  record('reservation', entity, { core: { status, arrival, departure, property: 'p', unitType: 'p', channel: null }, ...more });
const property: PropertyCore = { name: 'House', timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' };
const facts = (records: EntityRecord[], more: Partial<RoomFacts> = {}): RoomFacts => ({
  unit: { id: 'u-1', property: 'p-1', name: 'Room 1' },
  records,
  property,
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
  suspects: [],
  conflicts: { held: [], isReadable: () => true, reviewOf: () => undefined },
  ...more,
});

describe('deriveRoom', () => {
  it("is vacant, due in, occupied and due out by the house's own hours", () => {
    const stay = facts([reservation('1', '2026-07-01', '2026-07-03')]);
    const stateAt = (when: string) => deriveRoom(stay, at(when)).room.occupancy.state;

    expect(stateAt('2026-06-30T21:59:00Z')).toBe('vacant');
    expect(stateAt('2026-06-30T22:00:00Z')).toBe('due-in'); // midnight in Berlin
    expect(stateAt('2026-07-01T12:59:59Z')).toBe('due-in');
    expect(stateAt('2026-07-01T13:00:00Z')).toBe('occupied'); // 15:00 in Berlin
    expect(stateAt('2026-07-03T08:59:59Z')).toBe('occupied');
    expect(stateAt('2026-07-03T09:00:00Z')).toBe('due-out');
  });

  it('never calls a room vacant because an hour passed: only a report ends a stay', () => {
    const stay = reservation('1', '2026-07-01', '2026-07-03');
    const later = at('2026-07-05T12:00:00Z');
    const cleaned = record('unit-status', 'u', { core: { unit: 'p', status: 'clean', by: null } }, at('2026-07-03T12:00:00Z'));
    const before = record('unit-status', 'u', { core: { unit: 'p', status: 'clean', by: null } }, at('2026-07-02T12:00:00Z'));

    expect(deriveRoom(facts([stay]), later).room.occupancy).toEqual({ state: 'due-out', basis: 'scheduled' });
    expect(deriveRoom(facts([stay, before]), later).room.occupancy.state).toBe('due-out');
    expect(deriveRoom(facts([stay, cleaned]), later).room.occupancy.state).toBe('vacant');
    expect(deriveRoom(facts([reservation('1', '2026-07-01', '2026-07-03', {}, 'checked-out')]), later).room.occupancy.state).toBe(
      'vacant',
    );
  });

  it('does not take a status that a poll found for somebody who was inside', () => {
    const stay = reservation('1', '2026-07-01', '2026-07-03');
    const modifiedAt = at('2026-07-03T12:00:00Z') * 1000;
    const found = record('unit-status', 'u', {});
    found.facets['core'] = facet(
      { unit: 'p', status: 'dirty', by: null },
      { epoch: 0, modifiedAt, rank: 1, observedAt: modifiedAt, mapping: 1 },
    );
    const { room } = deriveRoom(facts([stay, found]), at('2026-07-05T12:00:00Z'));

    expect([room.occupancy.state, room.housekeeping.status]).toEqual(['due-out', 'dirty']);
  });

  it('shows the later of two reports, whatever the epochs of their records', () => {
    const report = (entity: string, status: string, when: string, epoch: number): EntityRecord => {
      const told = record('unit-status', entity, { core: { unit: 'p', status, by: null } }, at(when));
      told.facets['core']!.version.epoch = epoch;
      return told;
    };
    const both = [report('a', 'dirty', '2026-07-01T10:00:00Z', 1), report('b', 'clean', '2026-07-01T12:00:00Z', 0)];

    for (const records of [both, both.toReversed()])
      expect(deriveRoom(facts(records), at('2026-07-01T13:00:00Z')).room.housekeeping.status).toBe('clean');
  });

  it('shows of two reports under one stamp the one that asks for more work, whichever was read last', () => {
    const report = (entity: string, status: string, observedAt: number): EntityRecord => {
      const told = record('unit-status', entity, { core: { unit: 'p', status, by: null } }, at('2026-07-01T10:00:00Z'));
      Object.assign(told.facets['core']!.version, { rank: 1, observedAt });
      return told;
    };
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const both = [report('a', 'dirty', first), report('b', 'clean', second)];
      for (const records of [both, both.toReversed()])
        expect(deriveRoom(facts(records), at('2026-07-01T13:00:00Z')).room.housekeeping.status).toBe('dirty');
    }
  });

  it('keeps the name that its first connection calls it by, whoever spoke last', () => {
    const named = (connection: string, name: string, when: string): EntityRecord => ({
      ...record('unit', 'p', { core: { property: 'p', unitType: null, name } }, at(when)),
      connection,
    });
    const both = [named('c2', 'Attic', '2026-07-02T00:00:00Z'), named('c1', 'Loft', '2026-07-01T00:00:00Z')];

    for (const records of [both, both.toReversed()])
      expect(deriveRoom(facts(records), at('2026-07-03T00:00:00Z')).room.name).toBe('Loft');
  });

  it('names the instant at which the picture changes by itself, and nothing changes before it', () => {
    const stay = facts([reservation('1', '2026-07-01', '2026-07-03'), reservation('2', '2026-07-03', '2026-07-04')]);
    let now = at('2026-06-01T00:00:00Z');
    const seen: string[] = [];

    for (let step = 0; step < 10; step++) {
      const { room, dueMs } = deriveRoom(stay, now);
      seen.push(room.occupancy.state);
      if (dueMs === null) break;
      expect(sameRoom({ ...deriveRoom(stay, dueMs - 1).room, validUntil: null })).toEqual(
        sameRoom({ ...room, validUntil: null }),
      );
      now = dueMs;
    }

    expect(seen).toEqual(['vacant', 'due-in', 'occupied', 'occupied', 'due-out', 'occupied', 'due-out']);
  });

  it('ignores stays that keep nobody out and records that are gone', () => {
    const now = at('2026-07-02T12:00:00Z');
    const gone = reservation('3', '2026-07-01', '2026-07-03', { existence: { state: 'gone' } });
    const inert = ['inquiry', 'cancelled', 'no-show'].map((status, i) =>
      reservation(`i${i}`, '2026-07-01', '2026-07-03', {}, status),
    );

    expect(deriveRoom(facts([gone, ...inert]), now).room.occupancy.state).toBe('vacant');
  });

  it("takes the stay's own hours before the house's, and says that they are unusual", () => {
    const late = reservation('1', '2026-07-01', '2026-07-03', { times: { checkIn: '12:00', checkOut: '14:00' } });

    const { room } = deriveRoom(facts([late]), at('2026-07-03T10:00:00Z'));

    expect(room.occupancy.state).toBe('occupied');
    expect(room.current?.departsAt).toBe('2026-07-03T12:00:00.000Z');
    expect(room.lateCheckout).toBe(true);
  });

  it('stays itself when its facts come in another order', () => {
    const records = [
      reservation('1', '2026-07-01', '2026-07-03'),
      reservation('2', '2026-07-02', '2026-07-04'),
      reservation('3', '2026-07-05', '2026-07-06'),
    ];
    const now = at('2026-07-02T20:00:00Z');

    expect(deriveRoom(facts([...records].reverse()), now).room).toEqual(deriveRoom(facts(records), now).room);
  });

  it('counts nights by the wall clock across a change to summer time', () => {
    const stay = reservation('1', '2026-03-28', '2026-03-29', { times: { checkIn: '15:00', checkOut: '02:30' } });

    // 02:30 does not exist that night in Berlin: the hour after it does.
    expect(deriveRoom(facts([stay]), at('2026-03-28T20:00:00Z')).room.current?.departsAt).toBe('2026-03-29T01:30:00.000Z');
  });

  it('is out of order only while an open ticket says so', () => {
    const ticket = (status: string, from: string | null, until: string | null) =>
      record('ticket', 't', { core: { unit: 'p', status, title: 'pipe', outOfOrder: true, from, until } });
    const on = (ticketRecord: EntityRecord, when: string) =>
      deriveRoom(facts([ticketRecord]), at(when)).room.maintenance.outOfOrder;

    expect(on(ticket('open', '2026-07-01', '2026-07-02'), '2026-07-02T21:59:00Z')).toBe(true);
    expect(on(ticket('open', '2026-07-01', '2026-07-02'), '2026-07-02T22:00:00Z')).toBe(false);
    expect(on(ticket('open', null, null), '2026-07-02T22:00:00Z')).toBe(true);
    expect(on(ticket('closed', null, null), '2026-07-02T22:00:00Z')).toBe(false);
  });

  it('names sources that may be old', () => {
    const { room } = deriveRoom(
      facts([reservation('1', '2026-07-01', '2026-07-03')], { suspects: ['c1', 'c9'] }),
      at('2026-07-01T00:00:00Z'),
    );

    expect(room.freshness.suspect).toEqual(['c1']);
  });

  it("was never verified later than now, however far ahead the provider's clock is", () => {
    const early = record('unit-status', 'u', { core: { unit: 'p', status: 'clean', by: null } }, at('2026-07-01T00:03:00Z'));

    expect(deriveRoom(facts([early]), at('2026-07-01T00:00:00Z')).room.freshness.verifiedAt).toBe('2026-07-01T00:00:00.000Z');
    expect(deriveRoom(facts([early]), at('2026-07-01T00:05:00Z')).room.freshness.verifiedAt).toBe('2026-07-01T00:03:00.000Z');
  });

  it('forgets stays that ended long ago, and never the one it shows', () => {
    const old = reservation('1', '2026-06-01', '2026-06-03');
    const shown = reservation('2', '2026-06-04', '2026-06-05');

    expect(deriveRoom(facts([old, shown]), at('2026-07-01T00:00:00Z')).past.map((r) => r.entity)).toEqual(['1']);
  });
});
