import { contentOf, type Kind, type RawContext } from '@roomwire/events';
import { pms, type Decoded } from '@roomwire/pms-port';
import { fixturesIn, pageContext, readContext, type JsonObject } from '@roomwire/pms-port/conformance';
import { hostaway } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
const reservation = fixture<{ result: JsonObject }>('answer-reservation');
const listing = fixture<{ result: JsonObject }>('answer-listing');
const ids = { reservation: '49264388', listing: '218666' };
const harness = { adapter: hostaway, account: '59808' };

const read = (kind: Kind, entity: string) => readContext(harness, { kind, entities: [entity] });
function decode(answer: unknown, context: RawContext): Decoded {
  const body = new TextEncoder().encode(JSON.stringify(answer));
  return pms(hostaway).decode({ tenant: 't1', connection: 'c1', account: '59808', body, context });
}

describe('a listing’s units of hostaway', () => {
  const units = fixture<{ result: JsonObject[] }>('answer-listing-units');
  const told = (result: unknown[]) => decode({ ...units, result }, read('unit-type', '40160'));
  const [apartment] = units.result;

  it('are doors of one type, and so many', () => {
    const said = told([apartment, { ...apartment, id: 7, name: 'Loft' }]).tellings;

    expect(said.map(({ kind, entity, facets }) => [kind, entity, facets['core']?.content])).toEqual([
      ['unit-type', '40160', { property: '40160', name: '40160', quantity: 2 }],
      ['unit', '40160/1', { property: '40160', unitType: '40160', name: 'Apartment' }],
      ['unit', '40160/7', { property: '40160', unitType: '40160', name: 'Loft' }],
    ]);
  });

  it('are not counted where one of them is not understood', () => {
    const { tellings, rejects } = told([apartment, { ...apartment, id: null }]);

    expect([tellings, rejects.map(({ pointer }) => pointer)]).toEqual([[], ['/result/1/id']]);
  });
});

describe('a task of hostaway', () => {
  const task = fixture<{ result: JsonObject }>('answer-task');
  const answer = (changes: JsonObject) => decode({ ...task, result: { ...task.result, ...changes } }, read('task', '1'));
  const coreOf = (changes: JsonObject) => contentOf<Record<string, unknown>>(answer(changes).tellings[0], 'core');

  it('is told', () => {
    expect(coreOf({})).toEqual({
      unit: null,
      type: 'other',
      status: 'open',
      title: 'Task title',
      due: '2023-07-30T00:00:00.000Z',
    });
    expect(coreOf({ shouldEndBy: null })).toMatchObject({ due: null });
  });

  it('is of the listing’s unit, and of none where only the reservation knows which', () => {
    expect(coreOf({ listingMapId: 40160 })?.['unit']).toBe('40160');
    expect(coreOf({ listingMapId: 40160, reservationUnitId: null })?.['unit']).toBe('40160');
    expect(coreOf({ listingMapId: 40160, reservationUnitId: 5 })?.['unit']).toBeNull();
  });

  it.each([
    [[1], 'cleaning'],
    [[2, 1], 'cleaning'],
    [[2, 6], 'maintenance'],
    [[3], 'other'],
    [[], 'other'],
  ])('of the categories %j is %s', (categoriesMap, type) => {
    expect(coreOf({ categoriesMap })?.['type']).toBe(type);
  });

  it.each([
    ['confirmed', 'open'],
    ['inProgress', 'in-progress'],
    ['completed', 'done'],
    ['cancelled', 'cancelled'],
  ])('that is %s there is %s here', (theirs, ours) => {
    expect(coreOf({ status: theirs })?.['status']).toBe(ours);
  });

  it('of a status that nobody knows is shown to a person', () => {
    const { tellings, rejects } = answer({ status: 'postponed' });

    expect([Object.keys(tellings[0]!.facets), rejects.map(({ pointer }) => pointer)]).toEqual([
      ['existence'],
      ['/result/status'],
    ]);
  });
});

describe('a page of hostaway', () => {
  const page = (list: string, result: unknown[]) => {
    const job = { list, since: null, nights: { from: '2025-11-01', until: '2026-10-31' }, cursor: null };
    return decode({ status: 'success', result }, pageContext(harness, job));
  };

  it('tells reservations as a read does, and reads those by id that it carries torn', () => {
    const { adults: _adults, ...torn } = reservation.result;
    const whole = decode(reservation, read('reservation', ids.reservation)).tellings[0]!;
    const { existence: _existence, ...facets } = whole.facets;

    expect(page('reservations', [reservation.result])).toEqual({
      tellings: [{ ...whole, facets }],
      hints: [],
      rejects: [],
      ignored: [],
    });
    expect(page('reservations', [torn]).hints).toMatchObject([{ kind: 'reservation', entity: ids.reservation, reason: 'hint' }]);
  });

  it('points at the item that it does not understand', () => {
    const { tellings, rejects } = page('listings', [listing.result, { ...listing.result, checkOutTime: 'late' }]);

    expect(tellings.map(({ kind, entity }) => [kind, entity])).toEqual([
      ['property', ids.listing],
      ['unit', ids.listing],
    ]);
    expect(rejects.map(({ pointer }) => pointer)).toEqual(['/result/1/checkOutTime']);
  });

  it('says why it says nothing', () => {
    expect(page('reservations', [])).toEqual({ tellings: [], hints: [], rejects: [], ignored: ['an empty page'] });
  });
});
