import type { Kind } from '@roomwire/events';
import { pms } from '@roomwire/pms-port';
import { hostaway } from './adapter.ts';

const account = { account: '59808' };
const nights = { from: '2025-11-01', until: '2026-10-31' };

describe('a request to hostaway', () => {
  const read = (kind: Kind, entity: string) => pms(hostaway).readRequest({ kind, entities: [entity] }, account).path;

  it('asks for all that the facets need', () => {
    expect(read('reservation', '13')).toBe('/v1/reservations/13?includeResources=1');
    expect(read('property', '40160')).toBe('/v1/listings/40160');
    expect(read('unit-type', '40160')).toBe('/v1/listingUnits/40160');
    expect(read('message', '1406/326')).toBe('/v1/conversations/1406/messages/326');
    expect(read('task', '1')).toBe('/v1/tasks/1');
  });

  it.each([
    ['2025-11', '2025-11-01', '2025-11-30'],
    ['2025-12', '2025-12-01', '2025-12-31'],
    ['2028-02', '2028-02-01', '2028-02-29'],
  ])('asks for the calendar of %s from its first night to its last', (month, first, last) => {
    const calendar = `/v1/listings/40160/calendar?startDate=${first}&endDate=${last}&includeResources=1`;

    expect([read('availability', `40160:${month}`), read('rate', `40160:${month}`)]).toEqual([calendar, calendar]);
  });

  it('is for no id of another shape, and for no kind that nobody reads', () => {
    for (const [kind, entity] of [
      ['message', '326'],
      ['availability', '40160'],
      ['rate', '40160:2025-13'],
      ['unit', '40160'],
    ] as const)
      expect(() => read(kind, entity)).toThrow('invalid-request');
  });

  const page = (list: string, since: string | null, cursor: string | null = null) => {
    const job = { list, since: since === null ? null : Date.parse(since), nights, cursor };
    return pms(hostaway).pageRequest(job, account).path;
  };

  it('lists the stays that touch the nights that matter', () => {
    expect(page('reservations', null)).toBe(
      '/v1/reservations?limit=100&includeResources=1&departureStartDate=2025-11-01&arrivalEndDate=2026-11-01',
    );
    expect(page('reservations', null, '49264388')).toMatch(/&afterId=49264388$/);
  });

  it('lists what was active since the day before, wherever it ended up: nobody says in which zone that day is', () => {
    expect(page('reservations', '2025-11-14T00:30:00Z')).toBe(
      '/v1/reservations?limit=100&includeResources=1&latestActivityStart=2025-11-13',
    );
  });

  it('lists the rest by offset, as far as it has come', () => {
    expect(page('listings', null)).toBe('/v1/listings?limit=100&includeResources=0&offset=0');
    expect(page('tasks', null, '37')).toBe('/v1/tasks?limit=100&offset=37');
  });

  it('goes on from ids and offsets alone', () => {
    for (const cursor of ['', '-1', '1&status=new', '1e3']) expect(() => page('tasks', null, cursor)).toThrow('invalid-request');
  });

  it('does not take a list for ended where its last item has no id', () => {
    const job = { list: 'reservations', since: null, nights, cursor: null };
    const end = (result: unknown[]) =>
      pms(hostaway).pageEnd(job, new TextEncoder().encode(JSON.stringify({ status: 'success', result })));

    expect(end([{ id: 13 }, { id: 14 }])).toEqual({ next: '14:2', items: 2 });
    for (const last of [null, {}, { id: null }]) expect(() => end([{ id: 13 }, last])).toThrow('malformed-answer');
  });
});
