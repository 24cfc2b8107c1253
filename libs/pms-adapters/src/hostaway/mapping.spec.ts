import { contentOf, facet, type EntityRecord, type Kind, type RawContext } from '@roomwire/events';
import { pms, type Decoded } from '@roomwire/pms-port';
import { fixturesIn, PUSH, readContext, type JsonObject } from '@roomwire/pms-port/conformance';
import { hostaway } from './adapter.ts';
import { STATUSES } from './mapping.ts';

const fixture = fixturesIn(import.meta.dirname);
type Webhook = { event: string; data: JsonObject };
const created = fixture<Webhook>('webhook-reservation-created');
const updated = fixture<Webhook>('webhook-reservation-updated');
const short = fixture<Webhook>('webhook-reservation-updated-short');
const messageReceived = fixture<Webhook>('webhook-message-received');
const reservation = fixture<{ result: JsonObject }>('answer-reservation');
const listing = fixture<{ result: { name: string } }>('answer-listing');
const ids = { reservation: '49264388', listing: '218666', message: '1406/326' };

const read = (kind: Kind, entity: string) => readContext({ adapter: hostaway, account: '59808' }, { kind, entities: [entity] });
function decode(body: unknown, context: RawContext = PUSH): Decoded {
  return pms(hostaway).decode({
    tenant: 't1',
    connection: 'c1',
    account: '59808',
    body: new TextEncoder().encode(JSON.stringify(body)),
    context,
  });
}
const pushOf = (changes: Record<string, unknown>) => decode({ ...created, data: { ...created.data, ...changes } });
const facetsOf = ({ tellings }: Decoded) => Object.keys(tellings[0]?.facets ?? {}).sort();
const hint = { kind: 'reservation', entity: ids.reservation, reason: 'hint' };
/** A push that has a stamp hints with it: a read at or past it is enough. */
const stamped = { ...hint, modifiedAt: Date.parse('2025-11-14T09:30:00Z') * 1000 };

describe('a reservation of hostaway', () => {
  it('is told in the facets that the push carries whole', () => {
    const { tellings, hints } = decode(created);

    const stamp = {
      epoch: 0,
      modifiedAt: Date.parse('2025-11-14T09:30:00Z') * 1000,
      rank: 0 as const,
      observedAt: 0,
      mapping: 1,
    };
    const core = {
      status: 'confirmed',
      arrival: '2025-11-21',
      departure: '2025-11-23',
      property: '218666',
      unitType: '218666',
      channel: null,
    };
    const facets = {
      core: facet(core, stamp),
      times: facet({ checkIn: '15:00', checkOut: null }, stamp),
      guest: facet({ name: 'Guest Example', adults: 1, children: null }, stamp),
      money: facet({ total: { amountMinor: 69_667, currency: 'USD' } }, stamp),
    };
    expect(tellings).toEqual([{ kind: 'reservation', connection: 'c1', entity: ids.reservation, facets }]);
    expect(hints).toEqual([]);
  });

  it('has its units from a filled list, or from any list that was asked for', () => {
    const unitsOf = ({ tellings }: Decoded) => contentOf(tellings[0], 'units');

    expect(unitsOf(decode(updated))).toEqual({ units: ['218666/222', '218666/77'] });
    expect(unitsOf(decode(created))).toBeUndefined();
    expect(unitsOf(decode(reservation, read('reservation', ids.reservation)))).toEqual({ units: [] });
  });

  it('is read when it is torn, and told as far as it is whole', () => {
    const torn = pushOf({ adults: undefined });

    expect(facetsOf(torn)).toEqual(['core', 'money', 'times']);
    expect(torn.hints).toEqual([stamped]);
  });

  it('is not read for facets of which it says nothing', () => {
    const bare = pushOf({
      guestName: undefined,
      adults: undefined,
      children: undefined,
      totalPrice: undefined,
      currency: undefined,
    });

    expect(facetsOf(bare)).toEqual(['core', 'times']);
    expect(bare.hints).toEqual([]);
  });

  it('is only a hint without a stamp', () => {
    expect(decode(short)).toEqual({ tellings: [], hints: [hint], rejects: [], ignored: [] });
    for (const updatedOn of [null, '', '0000-00-00 00:00:00', '2025-02-30 10:00:00', 'yesterday'])
      expect(pushOf({ updatedOn })).toEqual({ tellings: [], hints: [hint], rejects: [], ignored: [] });
  });

  it('has no dates where they are flagged as unspecified', () => {
    const flagged = pushOf({ isDatesUnspecified: 1 });
    const answer = decode(
      { ...reservation, result: { ...reservation.result, isDatesUnspecified: 1 } },
      read('reservation', ids.reservation),
    );

    expect([facetsOf(flagged), flagged.hints]).toEqual([['guest', 'money', 'times'], [stamped]]);
    expect([facetsOf(answer), answer.hints]).toEqual([['existence', 'guest', 'money', 'times', 'units'], []]);
  });

  it.each([
    ['confirmed', ['new', 'modified']],
    ['owner', ['ownerStay']],
    ['tentative', ['pending', 'awaitingPayment', 'awaitingGuestVerification', 'unconfirmed']],
    ['inquiry', ['inquiry', 'inquiryPreapproved']],
    ['cancelled', ['cancelled', 'declined', 'expired', 'inquiryDenied', 'inquiryTimedout', 'inquiryNotPossible']],
    [undefined, ['unknown']],
  ])('is %s to us when it is one of %s', (ours, theirs) => {
    const told = theirs.map((status) => contentOf<{ status: string }>(pushOf({ status }).tellings[0], 'core')?.status);

    expect(told).toEqual(theirs.map(() => ours));
  });

  it('has sixteen statuses, all of them known', () => {
    expect(Object.keys(STATUSES).length).toBe(16);
  });

  it('of a status that nobody knows is read, and then shown to a person beside what else is known', () => {
    const pushed = pushOf({ status: 'teleported' });
    const answer = decode(
      { ...reservation, result: { ...reservation.result, status: 'teleported' } },
      read('reservation', ids.reservation),
    );

    expect([facetsOf(pushed).includes('core'), pushed.hints, pushed.rejects]).toEqual([false, [stamped], []]);
    expect(facetsOf(answer)).toEqual(['existence', 'guest', 'money', 'times', 'units']);
    expect(answer.rejects).toEqual([{ reason: 'schema', pointer: '/result/status', detail: 'no documented status' }]);
  });

  it('has hours of a day or none', () => {
    expect(facetsOf(pushOf({ checkInTime: 24 }))).not.toContain('times');
    expect(contentOf(pushOf({ checkInTime: 0, checkOutTime: 23 }).tellings[0], 'times')).toEqual({
      checkIn: '00:00',
      checkOut: '23:00',
    });
  });

  it('keeps half an emoji from spoiling it', () => {
    expect(contentOf<{ name: string }>(pushOf({ guestName: 'A\ud83d' }).tellings[0], 'guest')?.name).toBe('A\ufffd');
  });

  it('is rejected at the field that is of another shape', () => {
    const { tellings, hints, rejects } = pushOf({ arrivalDate: '21.11.2025' });

    expect({ tellings, hints }).toEqual({ tellings: [], hints: [] });
    expect(rejects).toEqual([expect.objectContaining({ reason: 'schema', pointer: '/data/arrivalDate' })]);
  });

  it('is rejected at an id that is too long', () => {
    for (const [data, pointer] of [
      [{ id: 'x'.repeat(129) }, '/data/id'],
      [{ reservationUnit: [{ listingUnitId: 1 }, { listingUnitId: 'ü'.repeat(65) }] }, '/data/reservationUnit/1/listingUnitId'],
    ] as const)
      expect(pushOf(data).rejects).toEqual([expect.objectContaining({ reason: 'id-too-long', pointer })]);
  });

  it('that is read without a stamp is ordered by the read', () => {
    const { updatedOn: _updatedOn, ...result } = reservation.result;
    const context = read('reservation', ids.reservation);
    const [telling] = decode({ ...reservation, result }, context).tellings;

    const { observedAt } = (context as Extract<RawContext, { via: 'read' }>).read;
    expect(telling?.facets['core']?.version).toMatchObject({ modifiedAt: observedAt, rank: 1, observedAt });
  });

  it('and a listing show no door code', () => {
    const decoded = [
      decode(created),
      decode(reservation, read('reservation', ids.reservation)),
      decode(listing, read('property', ids.listing)),
    ];

    expect(JSON.stringify(decoded)).not.toContain('placeholder-');
  });
});

describe('a listing of hostaway', () => {
  const said = (tellings: EntityRecord[]) => tellings.map(({ kind, entity, facets }) => [kind, entity, facets['core']?.content]);
  const name = listing.result.name;

  it('is a property, a unit type and a unit', () => {
    expect(said(decode(listing, read('property', ids.listing)).tellings)).toEqual([
      ['property', '218666', { name, timeZone: 'Europe/Berlin', checkIn: '12:00', checkOut: '11:00' }],
      ['unit-type', '218666', undefined],
      ['unit', '218666', { property: '218666', unitType: '218666', name }],
    ]);
  });
});

describe('a message of hostaway', () => {
  it('is told, named by its conversation', () => {
    const core = {
      conversation: '1406',
      reservation: ids.reservation,
      direction: 'incoming',
      body: 'hello guest',
      sentAt: '2025-11-16T10:12:52.000Z',
    };

    expect(decode(messageReceived).tellings).toMatchObject([
      { kind: 'message', entity: ids.message, facets: { core: { content: core } } },
    ]);
  });

  it('is stamped by the first time that it has', () => {
    const stampOf = (changes: object) =>
      decode({ ...messageReceived, data: { ...messageReceived.data, ...changes } }).tellings[0]?.facets['core']?.version
        .modifiedAt;

    expect(stampOf({})).toBe(Date.parse('2025-11-16T10:12:54Z') * 1000);
    expect(stampOf({ updatedOn: undefined })).toBe(Date.parse('2025-11-16T10:12:53Z') * 1000);
    expect(stampOf({ updatedOn: undefined, insertedOn: undefined })).toBe(Date.parse('2025-11-16T10:12:52Z') * 1000);
  });
});
