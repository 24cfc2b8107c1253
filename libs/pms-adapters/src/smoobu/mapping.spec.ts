import { contentOf, facet, type Kind, type RawContext, type Unsaid } from '@roomwire/events';
import { pms, type Decoded } from '@roomwire/pms-port';
import { fixturesIn, NOW, PUSH, readContext, type JsonObject } from '@roomwire/pms-port/conformance';
import { smoobu } from './adapter.ts';
import { TYPES } from './mapping.ts';

const fixture = fixturesIn(import.meta.dirname);
const reservation = fixture('answer-reservation');
const rates = fixture<{ data: { 38: JsonObject } }>('answer-rates');
const messages = fixture<{ messages: [JsonObject, JsonObject] }>('answer-messages');
const berlin: Unsaid = { timeZone: 'Europe/Berlin' };

const read = (kind: Kind, ...entities: string[]) => readContext({ adapter: smoobu, account: '7' }, { kind, entities });
const decode = (body: unknown, context: RawContext = PUSH, unsaid: Unsaid = berlin): Decoded =>
  pms(smoobu).decode({
    ...{ tenant: 't1', connection: 'c1', account: '7', unsaid, context },
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
const noticeOf = (action: string, data: unknown) => decode({ action, user: 7, data });
const pushOf = (changes: JsonObject, unsaid: Unsaid = berlin) =>
  decode({ action: 'updateReservation', user: 7, data: { ...reservation, ...changes } }, PUSH, unsaid);
const readOf = (changes: JsonObject, unsaid: Unsaid = berlin) =>
  decode({ ...reservation, ...changes }, read('reservation', '292'), unsaid);
const facetsOf = ({ tellings }: Decoded) => Object.keys(tellings[0]?.facets ?? {}).sort();
const coreOf = ({ tellings }: Decoded) => contentOf<{ status: string; channel: string | null }>(tellings[0], 'core');
const said = ({ tellings }: Decoded) => tellings.map(({ kind, entity, facets }) => [kind, entity, facets['core']?.content]);
const micros = (text: string) => Date.parse(text) * 1000;
const hint = { kind: 'reservation', entity: '292', reason: 'hint' };
const stamped = { ...hint, modifiedAt: micros('2026-08-02T11:45:00Z') };
const nothing = { tellings: [], rejects: [], ignored: [] };

describe('a reservation of smoobu', () => {
  it('is told in the facets that the push carries whole, at the minute of its owner’s zone', () => {
    const stamp = { epoch: 0, modifiedAt: stamped.modifiedAt, rank: 0 as const, observedAt: 0, mapping: 1 };
    const core = {
      ...{ status: 'confirmed', arrival: '2026-08-10', departure: '2026-08-13' },
      ...{ property: '38', unitType: '38', channel: 'Airbnb' },
    };
    const facets = {
      core: facet(core, stamp),
      times: facet({ checkIn: '16:00', checkOut: '10:00' }, stamp),
      units: facet({ units: ['38'] }, stamp),
      guest: facet({ name: 'Guest Example', adults: 2, children: 1 }, stamp),
      money: facet({ total: { amountMinor: 44_400, currency: 'GBP' } }, stamp),
    };

    expect(pushOf({})).toEqual({
      tellings: [{ kind: 'reservation', connection: 'c1', entity: '292', facets }],
      ...{ hints: [], rejects: [], ignored: [] },
    });
  });

  it('has either spelling of its stamp', () => {
    const { modifiedAt, ...rest } = reservation;

    expect(decode({ action: 'updateReservation', data: { ...rest, 'modified-at': modifiedAt } })).toEqual(pushOf({}));
  });

  it('is only a hint without a stamp, and where nobody says in which zone it is', () => {
    expect(decode(fixture('webhook-reservation-new'))).toEqual({ ...nothing, hints: [{ ...hint, entity: '500' }] });
    for (const modifiedAt of [null, '', '2026-08-02', 'yesterday'])
      expect(pushOf({ modifiedAt })).toEqual({ ...nothing, hints: [hint] });
    expect(pushOf({}, {})).toEqual({ ...nothing, hints: [hint] });
  });

  it('that is read without a zone is ordered by the read', () => {
    const versions = [readOf({}, {}), readOf({ modifiedAt: null })].map(({ tellings }) => tellings[0]?.facets['core']?.version);

    for (const version of versions) expect(version).toMatchObject({ modifiedAt: NOW * 1000, rank: 1, observedAt: NOW * 1000 });
  });

  it('whose hour comes twice is from the end of that hour', () => {
    for (const modifiedAt of ['2026-10-25 02:10', '2026-10-25 02:50'])
      expect(readOf({ modifiedAt }).tellings[0]?.facets['core']?.version.modifiedAt).toBe(micros('2026-10-25T01:59:00Z'));
  });

  it.each([
    ['confirmed', { type: 'reservation' }],
    ['confirmed', { type: 'modification of booking', 'is-blocked-booking': 'NO' }],
    ['cancelled', { type: 'cancellation' }],
    ['owner', { 'is-blocked-booking': true }],
    ['owner', { 'is-blocked-booking': 'YES' }],
    ['cancelled', { 'is-blocked-booking': true, type: 'cancellation' }],
  ])('is %s to us when it is %j', (ours, theirs) => {
    expect(coreOf(pushOf(theirs))?.status).toBe(ours);
    expect(Object.keys(TYPES).length).toBe(3);
  });

  it('of a type that nobody knows is read, and then shown to a person beside what else is known', () => {
    const [push, answer] = [pushOf({ type: 'teleport' }), readOf({ type: 'teleport' })];

    expect([facetsOf(push).includes('core'), push.hints, push.rejects]).toEqual([false, [stamped], []]);
    expect(facetsOf(answer)).toEqual(['existence', 'guest', 'money', 'times', 'units']);
    expect(answer.rejects).toEqual([{ reason: 'schema', pointer: '/type', detail: 'no known type' }]);
  });

  it('is read when it is torn, and told as far as it is whole', () => {
    const torn = pushOf({ adults: undefined });

    expect(facetsOf(torn)).toEqual(['core', 'money', 'times', 'units']);
    expect(torn.hints).toEqual([stamped]);
  });

  it('has hours of a day or none', () => {
    const timesOf = (changes: JsonObject) => contentOf(pushOf(changes).tellings[0], 'times');

    expect(timesOf({ 'check-in': '', 'check-out': null })).toEqual({ checkIn: null, checkOut: null });
    expect(timesOf({ 'check-in': '4 pm' })).toBeUndefined();
  });

  it('has the account’s currency, or else the one that all its elements name', () => {
    const element = (currencyCode: string) => ({ id: 1, currencyCode });
    const money = (changes: JsonObject, unsaid?: Unsaid) => contentOf(pushOf(changes, unsaid).tellings[0], 'money');

    expect(money({}, { ...berlin, currency: 'EUR' })).toEqual({ total: { amountMinor: 44_400, currency: 'EUR' } });
    expect(money({ priceElements: [element('GBP'), element('EUR')] })).toBeUndefined();
    expect(money({ priceElements: undefined })).toBeUndefined();
  });

  it('has a channel or none', () => {
    expect(coreOf(pushOf({ channel: null }))?.channel).toBeNull();
    expect(coreOf(pushOf({ channel: { id: 74 } }))).toBeUndefined();
  });
});

describe('a notice of smoobu', () => {
  it('of a deletion is a hint: only a read says gone', () => {
    expect(noticeOf('deleteReservation', { id: 292 })).toEqual({ ...nothing, hints: [{ ...hint, gone: true }] });
  });

  it('of a cancellation that does not call itself one is a hint', () => {
    expect(noticeOf('cancelReservation', reservation)).toEqual({ ...nothing, hints: [hint] });
    expect(coreOf(noticeOf('cancelReservation', { ...reservation, type: 'cancellation' }))?.status).toBe('cancelled');
  });

  it('of what happens around a booking reads the booking, where it is named', () => {
    expect(noticeOf('onlineCheckInUpdate', { bookingId: 292 }).hints).toEqual([hint]);
    expect(noticeOf('priceElementDeleted', { reservationId: 292 }).hints).toEqual([hint]);
    expect(noticeOf('priceElementDeleted', { id: 10 }).ignored).toEqual(['a notice of no booking']);
    expect(noticeOf('newTimelineEvent', { bookingId: 292 }).ignored).toEqual(['action "newTimelineEvent"']);
  });

  it('of a message names it within its booking', () => {
    expect(decode(fixture('webhook-message')).hints).toEqual([{ kind: 'message', entity: '234/1234', reason: 'hint' }]);
  });

  it('of rates reads the months that it names, or a year', () => {
    const entities = (data: unknown) => noticeOf('updateRates', data).hints.map(({ kind, entity }) => [kind, entity]);

    expect(entities(rates.data)).toEqual([['availability', '38:2026-08'], ['availability', '38:2026-09']]); // prettier-ignore
    expect(entities({ apartmentId: 38 }).length).toBe(13);
    expect(entities({ apartmentId: 38 }).at(-1)).toEqual(['availability', '38:2031-01']);
    expect(noticeOf('updateRates', { something: 'else' }).ignored.length).toBe(1);
  });
});

describe('an apartment of smoobu', () => {
  const name = 'Apartment Example';
  const house = ['property', '38', { name, timeZone: 'Europe/Berlin', checkIn: null, checkOut: null }];
  const parts = [
    ['unit-type', '38', { property: '38', name, quantity: 1 }],
    ['unit', '38', { property: '38', unitType: '38', name }],
  ];
  const context = read('property', '38');

  it('is a property, a type of one, and the one', () => {
    expect(said(decode(fixture('answer-apartment'), context, {}))).toEqual([house, ...parts]);
    expect(said(decode({ apartments: [{ id: 38, name }] }, context))).toEqual([house, ...parts]);
  });

  it('has no zone where neither it nor its owner says one', () => {
    expect(said(decode({ id: 38, name }, context, {}))).toEqual([['property', '38', undefined], ...parts]);
  });
});

describe('the nights of smoobu', () => {
  const months = ['38:2026-08', '38:2026-09'];
  const told = (body: unknown, kind: Kind = 'availability', unsaid: Unsaid = { currency: 'EUR' }) =>
    decode(body, read(kind, ...months), unsaid).tellings.map(({ kind: of, entity, facets }) => [
      ...[of, entity],
      Object.fromEntries(
        Object.entries(facets).flatMap(([name, { content }]) => (name === 'existence' ? [] : [[name, content]])),
      ),
    ]);
  const free = [
    [
      ...['availability', '38:2026-08'],
      {
        '2026-08-09': { available: 1, closed: false },
        '2026-08-10': { available: 0, closed: false },
        '2026-08-11': { available: 0, closed: false },
      },
    ],
    ['availability', '38:2026-09', { '2026-09-01': { available: 1, closed: false } }],
  ];

  it('are free or not, and have prices, by one read', () => {
    const price = (amountMinor: number, minimumStay: number | null) => ({ price: { amountMinor, currency: 'EUR' }, minimumStay });

    expect(told(rates)).toEqual([
      free[0],
      ['rate', '38:2026-08', { '2026-08-09': price(14_800, 2), '2026-08-10': price(14_800, 2) }],
      free[1],
      ['rate', '38:2026-09', { '2026-09-01': price(12_050, null) }],
    ]);
  });

  it('cost nothing that anybody knows where its owner says no currency', () => {
    expect(told(rates, 'availability', {})).toEqual(free);
  });

  it('spoil no other when one is bad', () => {
    const bad = { data: { 38: { ...rates.data[38], '2026-08-10': { available: 'no' } } } };
    const { tellings, rejects } = decode(bad, read('availability', ...months));

    expect(rejects.map(({ pointer }) => pointer)).toEqual(['/data/38/2026-08-10/available']);
    expect(Object.keys(tellings[0]!.facets)).toEqual(['2026-08-09', '2026-08-11', 'existence']);
  });
});

describe('a message of smoobu', () => {
  const core = { conversation: '292', reservation: '292', sentAt: null };
  const context = (id: string) => read('message', `292/${id}`);

  it('is one of its reservation’s', () => {
    expect(said(decode(messages, context('1234')))).toEqual([
      ['message', '292/1234', { ...core, direction: 'incoming', body: 'When can we come?' }],
    ]);
    expect(said(decode(messages, context('1235')))).toEqual([
      ['message', '292/1235', { ...core, direction: 'outgoing', body: 'From 16:00 on.' }],
    ]);
  });

  it('is gone when it is not among all of them', () => {
    const existence = (body: unknown) => decode(body, context('9')).tellings.map(({ facets }) => facets['existence']?.content);

    expect(existence(messages)).toEqual([{ state: 'gone' }]);
    expect(existence({ ...messages, page_count: 2 })).toEqual([]);
    expect(existence({ ...messages, messages: [{}] })).toEqual([]);
  });

  it('is looked for on the last page after the first, then backwards, and given up after some twenty', () => {
    const job = (cursor?: string) => ({ kind: 'message', entities: ['292/9'], cursor }) as const;
    const after = (pages: number, cursor?: string) =>
      pms(smoobu).readOn(job(cursor), new TextEncoder().encode(JSON.stringify({ ...messages, page_count: pages })));
    expect([after(2), after(7), after(7, '7'), after(7, '3'), after(99, '80')]).toEqual(['2', '7', '6', '2', '79']);
    // Also where the provider takes no heed of the page.
    expect([after(1), after(2, '2'), after(7, '2'), after(99, '79')]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is told of the page that it is on, and gone where it was on none of all', () => {
    const at = (id: string, cursor: string) =>
      readContext({ adapter: smoobu, account: '7' }, { kind: 'message', entities: [`292/${id}`], cursor });
    const [told, end, middle] = [at('1234', '2'), at('9', '2'), at('9', '79')].map((context, index) =>
      decode({ ...messages, page_count: [2, 7, 99][index] }, context),
    );
    expect(said(told!)).toMatchObject([['message', '292/1234', { body: 'When can we come?' }]]);
    expect(end!.tellings.map(({ facets }) => facets['existence']?.content)).toEqual([{ state: 'gone' }]);
    expect(middle).toMatchObject({ tellings: [], rejects: [{ reason: 'unreadable-answer' }] });
  });

  it('has its mark-up where it has no plain text, in either spelling', () => {
    for (const key of ['messageHtml', 'htmlMessage']) {
      const marked = { ...messages, messages: [{ id: 1234, message: null, [key]: '<p>Hi</p>', type: 1 }] };
      expect(said(decode(marked, context('1234')))[0]).toMatchObject(['message', '292/1234', { body: '<p>Hi</p>' }]);
    }
  });
});
