import { contentOf, facet, type EntityRecord, type Kind, type RawContext } from '@roomwire/events';
import { pms, type Decoded } from '@roomwire/pms-port';
import { fixturesIn, pageContext, PUSH, readContext, type JsonObject } from '@roomwire/pms-port/conformance';
import { cloudbeds } from './adapter.ts';
import { STATUSES } from './mapping.ts';

const fixture = fixturesIn(import.meta.dirname);
type List = { data: JsonObject[] };
const account = '12345';
const statusChanged = fixture('webhook-reservation-status-changed');
const reservations = fixture<List>('answer-reservations');
const housekeeping = fixture<List>('answer-housekeeping');
const stay = reservations.data[0] as JsonObject & { rooms: JsonObject[] };
const [single, other, cancelled] = stay.rooms;

const read = (kind: Kind, ...entities: string[]) => readContext({ adapter: cloudbeds, account }, { kind, entities });
function decode(body: unknown, context: RawContext = PUSH): Decoded {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return pms(cloudbeds).decode({ tenant: 't1', connection: 'c1', account, body: bytes, context });
}
const stayOf = (changes: JsonObject) =>
  decode({ ...reservations, data: [{ ...stay, ...changes }] }, read('reservation', '31415926'));
const facetOf = (name: string, changes: JsonObject) => contentOf(stayOf(changes).tellings[0], name);
const facetsOf = ({ tellings }: Decoded) => Object.keys(tellings[0]?.facets ?? {}).sort();
const said = (tellings: EntityRecord[]) => tellings.map(({ kind, entity, facets }) => [kind, entity, facets['core']?.content]);
const hint = (kind: Kind, entity: string) => ({ kind, entity, reason: 'hint' });

describe('a webhook of cloudbeds', () => {
  it.each([
    ['webhook-reservation-status-changed', [hint('reservation', '31415926')]],
    ['webhook-accommodation-changed', [hint('reservation', '31415926'), hint('unit-status', '101-4')]],
    ['webhook-room-condition-changed', [hint('unit-status', '101-3')]],
    ['webhook-roomblock-created', [hint('unit-status', '101-3'), hint('unit-status', '101-4')]],
    ['webhook-night-audit', []],
  ])('says what to read, and not when it was so: %s', (name, hints) => {
    const decoded = decode(fixture(name));

    expect([decoded.hints, decoded.tellings, decoded.rejects]).toEqual([hints, [], []]);
  });

  it('has keys of any case', () => {
    const { reservationID: _id, propertyID: _property, propertyID_str: _text, ...rest } = statusChanged;

    for (const keys of [
      { reservationId: '7', propertyId: 12345, propertyId_str: '12345' },
      { RESERVATIONID: 7, PropertyID: 12345 },
    ])
      expect(decode({ ...rest, ...keys }).hints).toEqual([hint('reservation', '7')]);
    expect(decode({ ...rest, propertyId: 12346, reservationId: '7' }).rejects).toMatchObject([
      { reason: 'wrong-account', pointer: '/propertyId' },
    ]);
    expect(decode({ ...rest, reservationId: { id: 7 } }).rejects).toMatchObject([{ pointer: '/reservationId' }]);
  });

  it('about nothing that can be found is shown to a person, unless it is none of ours', () => {
    const of = (event: string) => decode({ event, propertyID: 12345, guestId: 5 });

    expect(of('reservation/status_changed').rejects).toMatchObject([{ reason: 'schema' }]);
    expect(of('guest/details_changed')).toMatchObject({ rejects: [], ignored: ['event "guest/details_changed"'] });
    expect(of('integration/appstate_changed').ignored).toEqual(['event "integration/appstate_changed"']);
  });
});

describe('a reservation of cloudbeds', () => {
  it('is told by its UTC stamp', () => {
    const { tellings, rejects } = stayOf({});

    const stamp = {
      ...{ epoch: 0, modifiedAt: Date.parse('2027-01-20T15:30:00Z') * 1000, rank: 1 as const, mapping: 1 },
      observedAt: Date.parse('2030-01-01T00:00:00Z') * 1000,
    };
    const dates = { arrival: '2027-02-01', departure: '2027-02-04' };
    expect(tellings).toEqual([
      {
        ...{ kind: 'reservation', connection: 'c1', entity: '31415926' },
        facets: {
          core: facet({ status: 'confirmed', ...dates, property: account, unitType: '102', channel: null }, stamp, true),
          units: facet({ units: ['101-3'] }, stamp, true),
          guest: facet({ name: 'Guest Example', adults: 3, children: 1 }, stamp, true),
          money: facet({ total: { amountMinor: 31_250, currency: 'EUR' } }, stamp, true),
          existence: facet({ state: 'present' }, { ...stamp, modifiedAt: stamp.observedAt }),
        },
      },
    ]);
    expect(rejects).toEqual([]);
  });

  it('is of the rooms that are not cancelled, and of those where somebody still stays', () => {
    const units = (...rooms: unknown[]) => facetOf('units', { rooms });
    const of = (roomStatus: string, roomID: string) => ({ ...single, roomStatus, roomID });

    expect(units(single, cancelled)).toEqual({ units: ['101-3'] });
    expect(units(cancelled)).toEqual({ units: ['103-1'] });
    expect(units(of('checked_out', '101-1'), of('in_house', '101-2'))).toEqual({ units: ['101-2'] });
    expect(units(of('checked_out', '101-1'), of('checked_out', '101-2'))).toEqual({ units: ['101-1', '101-2'] });
    expect(units({ ...single, roomID: null })).toEqual({ units: [] });
    expect(units({ ...single, roomID: undefined })).toBeUndefined();
  });

  it('is one span over all of its rooms', () => {
    const rooms = [single, { ...single, roomID: '101-4', roomCheckIn: '2027-02-04', roomCheckOut: '2027-02-06 11:00:00' }];

    expect(facetOf('core', { rooms })).toMatchObject({ arrival: '2027-02-01', departure: '2027-02-06' });
    expect(facetOf('core', { rooms: [single, { ...other, roomCheckIn: undefined }] })).toBeUndefined();
    expect(stayOf({ rooms: [{ ...single, roomCheckIn: '01.02.2027' }] }).rejects).toMatchObject([
      { reason: 'schema', pointer: '/data/0/rooms/0/roomCheckIn' },
    ]);
  });

  it.each([
    ['tentative', ['not_confirmed', 'in_progress']],
    ['confirmed', ['confirmed']],
    ['checked-in', ['checked_in']],
    ['checked-out', ['checked_out']],
    ['cancelled', ['canceled']],
    ['no-show', ['no_show']],
  ])('is %s to us when it is one of %s', (ours, theirs) => {
    expect(theirs.map((status) => facetOf('core', { status }))).toMatchObject(theirs.map(() => ({ status: ours })));
  });

  it('has seven statuses, all of them known; another one is shown to a person beside what else is known', () => {
    expect(Object.keys(STATUSES).length).toBe(7);
    const answer = stayOf({ status: 'cancelled' });

    expect(facetsOf(answer)).toEqual(['existence', 'guest', 'money', 'units']);
    expect(answer.rejects).toEqual([{ reason: 'schema', pointer: '/data/0/status', detail: 'no documented status' }]);
  });

  it('that is deleted is gone; a page asks for it first', () => {
    const { tellings } = stayOf({ isDeleted: true });
    expect(tellings.map(({ entity, facets }) => [entity, facets['existence']?.content, Object.keys(facets)])).toEqual([
      ['31415926', { state: 'gone' }, ['existence']],
    ]);

    const job = { list: 'reservations', since: null, nights: { from: '2027-01-01', until: '2027-02-01' }, cursor: null };
    const body = { ...reservations, data: [{ ...stay, isDeleted: true }] };
    const page = decode(body, pageContext({ adapter: cloudbeds, account }, job));
    expect([page.tellings, page.hints]).toEqual([[], [hint('reservation', '31415926')]]);
  });

  it('without its UTC stamp is ordered by the read: the property’s own time is none', () => {
    const version = stayOf({ dateModifiedUTC: undefined }).tellings[0]?.facets['core']?.version;

    expect(version).toMatchObject({ modifiedAt: Date.parse('2030-01-01T00:00:00Z') * 1000 });
  });

  it('of another property is not ours', () => {
    const { tellings, rejects } = stayOf({ propertyID: '12346' });

    expect(tellings).toEqual([]);
    expect(rejects).toMatchObject([{ reason: 'wrong-account', pointer: '/data/0/propertyID' }]);
  });
});

describe('housekeeping of cloudbeds', () => {
  it('is a door, its condition and its block, observed', () => {
    const { tellings } = decode(housekeeping, read('unit-status', '101-3', '101-4'));

    const block = { title: 'Blocked', from: null, until: null };
    expect(said(tellings)).toEqual([
      ['unit', '101-3', { property: account, unitType: '101', name: 'Room 3' }],
      ['unit-status', '101-3', { unit: '101-3', status: 'dirty', by: null }],
      ['ticket', 'blocked/101-3', { ...block, unit: '101-3', status: 'closed', outOfOrder: false }],
      ['unit', '101-4', { property: account, unitType: '101', name: 'Room 4' }],
      ['unit-status', '101-4', { unit: '101-4', status: 'inspected', by: null }],
      ['ticket', 'blocked/101-4', { ...block, unit: '101-4', status: 'open', outOfOrder: true }],
    ]);
    for (const { facets } of tellings) expect(facets['core']?.version.modifiedAt).toBe(Date.parse('2030-01-01T00:00:00Z') * 1000);
  });

  it('brings a room’s neighbours, which are left out; a room that is not among them is gone', () => {
    const { tellings, rejects } = decode(housekeeping, read('unit-status', '101-4', '101-5'));

    expect(rejects).toEqual([]);
    expect(tellings.map(({ kind, entity, facets }) => [kind, entity, facets['existence']?.content])).toEqual([
      ['unit', '101-4', { state: 'present' }],
      ['unit-status', '101-4', { state: 'present' }],
      ['ticket', 'blocked/101-4', { state: 'present' }],
      ['unit-status', '101-5', { state: 'gone' }],
      ['unit', '101-5', { state: 'gone' }],
      ['ticket', 'blocked/101-5', { state: 'gone' }],
    ]);
  });

  it('of a condition that nobody knows is shown to a person', () => {
    const answer = decode(
      { ...housekeeping, data: [{ ...housekeeping.data[0], roomCondition: 'flooded' }] },
      read('unit', '101-3'),
    );

    expect(answer.rejects).toMatchObject([{ reason: 'schema', pointer: '/data/0/roomCondition' }]);
    expect(said(answer.tellings)[1]).toEqual(['unit-status', '101-3', undefined]);
  });
});

describe('a house of cloudbeds', () => {
  it('is a property, and its types have as many doors as they say', () => {
    expect(said(decode(fixture('answer-hotels'), read('property', account)).tellings)).toEqual([
      ['property', account, { name: 'Sample Hotel', timeZone: 'America/New_York', checkIn: null, checkOut: null }],
    ]);
    expect(said(decode(fixture('answer-room-types'), read('unit-type', '101')).tellings)).toEqual([
      ['unit-type', '101', { property: account, name: 'Type 101', quantity: 8 }],
    ]);
  });
});
