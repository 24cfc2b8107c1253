import { pms } from '@roomwire/pms-port';
import { fixturesIn, type JsonObject } from '@roomwire/pms-port/conformance';
import { cloudbeds } from './adapter.ts';

const { data } = fixturesIn(import.meta.dirname)<{ data: JsonObject[] }>('answer-reservations');
const two = { success: true, data: [data[0], data[0]], count: 2 };
const account = '12345';
const nights = { from: '2027-01-01', until: '2027-12-31' };

const parametersOf = (path: string) => Object.fromEntries(new URL(path, 'http://base').searchParams);

describe('a read of cloudbeds', () => {
  const plan = (kind: 'reservation' | 'unit-status' | 'ticket', ...entities: string[]) =>
    pms(cloudbeds).readRequest({ kind, entities }, { account });

  it('asks for what is deleted too, of one property', () => {
    const { path, headers } = plan('reservation', '31415926', '31415927');

    expect(path.split('?')[0]).toBe('/getReservationsWithRateDetails');
    expect(parametersOf(path)).toEqual({
      ...{ propertyID: account, reservationID: '31415926,31415927', includeDeleted: 'true', pageSize: '50' },
    });
    expect(headers).toEqual({ 'x-property-id': account });
  });

  it('asks for rooms by their types', () => {
    for (const asked of [plan('unit-status', '101-3', '101-4', '102-1'), plan('ticket', 'blocked/101-3', 'blocked/102-1')])
      expect(parametersOf(asked.path)).toEqual({ propertyID: account, roomTypeIDs: '101,102', pageSize: '5000' });
    for (const entity of ['101', 'x,y-1', 'blocked/101-3']) expect(() => plan('unit-status', entity)).toThrow('invalid-request');
    expect(() => plan('ticket', '101-3')).toThrow('invalid-request');
  });

  it('is refused where nobody says the property', () => {
    const job = { kind: 'reservation' as const, entities: ['31415926'] };
    expect(() => pms(cloudbeds).readRequest(job, { account: null })).toThrow('invalid-request');
  });
});

describe('a page of cloudbeds', () => {
  const asked = (since: number | null) =>
    parametersOf(pms(cloudbeds).pageRequest({ list: 'reservations', since, nights, cursor: '2' }, { account }).path);
  const page = { propertyID: account, includeDeleted: 'true', pageNumber: '2', pageSize: '50' };

  it('is the last one when it reaches the total, or is not full', () => {
    const end = (body: object, cursor: string | null) =>
      pms(cloudbeds).pageEnd(
        { list: 'reservations', since: null, nights, cursor },
        new TextEncoder().encode(JSON.stringify(body)),
      );

    expect(end({ ...two, total: 120 }, '2')).toEqual({ next: '3', items: 2, total: 120 });
    expect(end({ ...two, total: 120 }, '3')).toEqual({ next: null, items: 2, total: 120 });
    expect(end(two, null)).toEqual({ next: null, items: 2 });
    expect(end({ ...two, data: Array.from({ length: 50 }, () => data[0]) }, null)).toEqual({ next: '2', items: 50 });
  });

  it('is of what was changed, or of who leaves from the first night on', () => {
    expect(asked(Date.parse('2027-01-20T15:30:00Z'))).toEqual({ ...page, modifiedFrom: '2027-01-20 15:30:00' });
    expect(asked(null)).toEqual({ ...page, reservationCheckOutFrom: '2027-01-01' });
  });
});
