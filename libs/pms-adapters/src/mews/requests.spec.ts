import { pms } from '@roomwire/pms-port';
import { fixturesIn, PUSH, type JsonObject } from '@roomwire/pms-port/conformance';
import { mews } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
const account = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const reservations = fixture<{ Reservations: JsonObject[]; Cursor: string }>('answer-reservations');
const resources = fixture('answer-resources');
const stay = '0f515589-99b4-423d-b83a-b237009f0509';
const room = '20e00c32-d561-4008-8609-82d8aa525714';
const block = '7f8e9d0c-1b2a-3c4d-5e6f-7a8b9c0d1e2f';
const nights = { from: '2023-04-01', until: '2023-05-01' };

describe('a read of mews', () => {
  const plan = (entities: string[], kind: 'reservation' | 'ticket' | 'unit' = 'reservation') =>
    pms(mews).readRequest({ kind, entities }, { account });
  const guids = Array.from({ length: 300 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);

  it('asks for hundreds at once, with nothing filtered', () => {
    const { path, method, body, ids: of } = plan(guids);

    expect([method, path, of]).toEqual(['POST', '/api/connector/v1/reservations/getAll/2023-06-06', guids]);
    expect(JSON.parse(body!)).toEqual({ Client: 'Roomwire 1.0.0', ReservationIds: guids, Limitation: { Count: 300 } });
  });

  it('asks for what is closed or deleted too', () => {
    expect(JSON.parse(plan([room], 'unit').body!)).toMatchObject({ Extent: { Inactive: true }, ResourceIds: [room] });
    expect(JSON.parse(plan([block], 'ticket').body!)).toMatchObject({ ActivityStates: ['Active', 'Deleted'] });
    expect(JSON.parse(plan([`state/${room}`], 'ticket').body!)).toMatchObject({ ResourceIds: [room] });
  });

  it('is refused where one id is none, or nobody says whose they are', () => {
    expect(() => plan(['13'])).toThrow('invalid-request');
    expect(() => pms(mews).readRequest({ kind: 'reservation', entities: [stay] }, { account: null })).toThrow('invalid-request');
  });

  it('believes that what lacks is gone, unless something was not understood', () => {
    const other = guids[0]!;
    const statesOf = (Reservations: unknown[]) => {
      const read = { kind: 'reservation' as const, ids: [stay, other], operation: 'reservations', status: 200 };
      const { receipt, receivedAt } = PUSH;
      const context = { via: 'read' as const, receipt, receivedAt, read: { ...read, observedAt: 1, providerDate: null } };
      const body = new TextEncoder().encode(JSON.stringify({ Reservations }));
      const { tellings } = pms(mews).decode({ tenant: 't1', connection: 'c1', account, body, context });
      return tellings.map(({ entity, facets }) => [entity, facets['existence']?.content]);
    };
    const [first] = reservations.Reservations;

    expect(statesOf([first])).toEqual([
      [stay, { state: 'present' }],
      [other, { state: 'gone' }],
    ]);
    expect(statesOf([first, { Id: 7 }])).toEqual([[stay, { state: 'present' }]]);
    expect(statesOf([first, { ...first, Id: guids[1] }])).toEqual([[stay, { state: 'present' }]]);
  });
});

describe('a page of mews', () => {
  const asked = (list: string, since: number | null, cursor: string | null = null) =>
    JSON.parse(pms(mews).pageRequest({ list, since, nights, cursor }, { account }).body!) as JsonObject;

  it('asks one enterprise, in intervals of less than three months', () => {
    expect(asked('reservations', null)).toMatchObject({
      EnterpriseIds: [account],
      CollidingUtc: { StartUtc: '2023-03-31T00:00:00Z', EndUtc: '2023-05-03T00:00:00Z' },
    });
    expect(asked('resources', null)).not.toHaveProperty('UpdatedUtc');
    expect(asked('resources', Date.parse('2023-01-01T00:00:00Z'))).toMatchObject({
      UpdatedUtc: { StartUtc: '2023-01-01T00:00:00Z', EndUtc: '2023-03-30T00:00:00Z' },
    });
    expect(asked('resources', Date.parse('2023-01-01T00:00:00Z'), '1680134400000.')).toMatchObject({
      UpdatedUtc: { StartUtc: '2023-03-30T00:00:00Z', EndUtc: '2023-05-03T00:00:00Z' },
    });
  });
});

describe('changes at mews', () => {
  const items = new TextEncoder().encode(JSON.stringify(resources));
  const since = Date.parse('2023-01-01T00:00:00Z');
  const after = (startedAt: string, cursor: string | null = null) =>
    pms(mews).pageEnd({ list: 'resources', since, nights, cursor, startedAt: Date.parse(startedAt) }, items).next;

  it('end when the reading began, a day more for clocks', () => {
    expect(after('2023-03-28T00:00:00Z')).toBeNull();
    expect(after('2023-06-01T00:00:00Z')).toBe('1680134400000.');
    expect(after('2023-06-01T00:00:00Z', '1680134400000.')).toBeNull();
  });
});

describe('a full page of mews', () => {
  it('is followed by what is older than its last item', () => {
    const full = { ...reservations, Reservations: Array.from({ length: 300 }, () => reservations.Reservations[0]) };
    const job = { list: 'reservations', since: Date.parse('2023-04-02T10:00:00Z'), nights, cursor: null };

    expect(pms(mews).pageEnd(job, new TextEncoder().encode(JSON.stringify(full)))).toEqual({
      next: `1680429600000.${reservations.Cursor}`,
      items: 300,
    });
  });
});
