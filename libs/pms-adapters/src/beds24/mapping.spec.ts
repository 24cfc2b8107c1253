import { contentOf, facet, type Kind, type RawContext } from '@roomwire/events';
import { pms, type Decoded } from '@roomwire/pms-port';
import { fixturesIn, NOW, pageContext, PUSH, readContext, type JsonObject } from '@roomwire/pms-port/conformance';
import { beds24 } from './adapter.ts';
import { STATUSES } from './mapping.ts';

const fixture = fixturesIn(import.meta.dirname);
type Webhook = { booking: JsonObject; messages: JsonObject[] };
type List = { data: [JsonObject, ...JsonObject[]] };
const webhook = fixture<Webhook>('webhook-booking');
const booking = fixture<List>('answer-booking');
const cancelled = fixture<List>('answer-booking-cancelled');
const property = fixture<List>('answer-property');
const calendar = fixture<List>('answer-calendar');
const message = fixture<List>('answer-message');
const empty = fixture('answer-messages-empty');
const ids = { pushed: '82279106', booking: '90923575', cancelled: '91047458', property: '125517', message: '51000123' };

const unsaid = { timeZone: 'Europe/Lisbon', currency: 'EUR' };
const read = (kind: Kind, ...entities: string[]) => readContext({ adapter: beds24, account: '1234' }, { kind, entities });
const decode = (body: unknown, context: RawContext = PUSH, said: typeof unsaid | null = unsaid): Decoded =>
  pms(beds24).decode({
    ...{ tenant: 't1', connection: 'c1', account: '1234', unsaid: said ?? undefined, context },
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
const pushOf = (changes: Record<string, unknown>) => decode({ ...webhook, booking: { ...webhook.booking, ...changes } });
const readOf = (changes: Record<string, unknown>) =>
  decode({ ...booking, data: [{ ...booking.data[0], ...changes }] }, read('reservation', ids.booking));
const facetsOf = ({ tellings }: Decoded) => Object.keys(tellings[0]?.facets ?? {}).sort();
const said = ({ tellings }: Decoded) => tellings.map(({ kind, entity, facets }) => [kind, entity, facets['core']?.content]);
const micros = (text: string) => Date.parse(text) * 1000;
const pushed = (text: string) => ({ epoch: 0, modifiedAt: micros(text), rank: 0 as const, observedAt: 0, mapping: 1 });
const hint = { kind: 'reservation', entity: ids.pushed, reason: 'hint' };
const stamped = { ...hint, modifiedAt: micros('2026-02-15T10:07:22Z') };

describe('a booking of beds24', () => {
  it('is told in the facets that the push carries whole', () => {
    const stamp = pushed('2026-02-15T10:07:22Z');
    const core = {
      ...{ status: 'confirmed', arrival: '2026-02-16', departure: '2026-02-17' },
      ...{ property: '125517', unitType: '281392', channel: 'direct' },
    };
    const facets = {
      core: facet(core, stamp),
      units: facet({ units: ['281392/1'] }, stamp),
      money: facet({ total: { amountMinor: 71_300, currency: 'EUR' } }, stamp),
    };

    expect(decode(webhook)).toEqual({
      tellings: [{ kind: 'reservation', connection: 'c1', entity: ids.pushed, facets }],
      ...{ hints: [], rejects: [], ignored: [] },
    });
    expect(decode([webhook])).toEqual(decode(webhook));
  });

  it('that is read is told with its guest, and settled', () => {
    const { tellings, rejects } = decode(booking, read('reservation', ids.booking));
    const stamp = { epoch: 0, modifiedAt: micros('2026-08-04T09:16:01Z'), rank: 1 as const, observedAt: NOW * 1000, mapping: 1 };

    expect(rejects).toEqual([]);
    expect(tellings).toEqual([
      expect.objectContaining({
        entity: ids.booking,
        facets: {
          existence: facet({ state: 'present' }, { ...stamp, modifiedAt: NOW * 1000 }),
          core: facet(
            {
              ...{ status: 'confirmed', arrival: '2026-09-03', departure: '2026-09-05' },
              ...{ property: '345754', unitType: '713992', channel: 'direct' },
            },
            stamp,
            true,
          ),
          units: facet({ units: ['713992/1'] }, stamp, true),
          guest: facet({ name: 'Test Guest Test Guest', adults: 1, children: 0 }, stamp, true),
          money: facet({ total: { amountMinor: 0, currency: 'EUR' } }, stamp, true),
        },
      }),
    ]);
  });

  it('is cancelled by its status alone: its cancelTime stays null', () => {
    const { tellings } = decode(cancelled, read('reservation', ids.cancelled));

    expect(cancelled.data[0]['cancelTime']).toBeNull();
    expect(contentOf(tellings[0], 'core')).toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['confirmed', ['confirmed', 'new']],
    ['tentative', ['request']],
    ['inquiry', ['inquiry']],
    ['owner', ['black']],
    ['cancelled', ['cancelled']],
  ])('is %s to us when it is one of %s', (ours, theirs) => {
    const told = theirs.map((status) => contentOf<{ status: string }>(pushOf({ status }).tellings[0], 'core')?.status);

    expect(told).toEqual(theirs.map(() => ours));
  });

  it('has six statuses; that nobody came is a way of being cancelled', () => {
    const statusOf = (changes: JsonObject) =>
      contentOf<{ status: string }>(pushOf({ subStatus: 'noShow', ...changes }).tellings[0], 'core')?.status;

    expect(Object.keys(STATUSES).length).toBe(6);
    expect([statusOf({ status: 'cancelled' }), statusOf({ status: 'confirmed' })]).toEqual(['no-show', 'confirmed']);
  });

  it('of a status that nobody knows is read, and then shown to a person beside what else is known', () => {
    const [push, answer] = [pushOf({ status: 'teleported' }), readOf({ status: 'teleported' })];

    expect([facetsOf(push).includes('core'), push.hints, push.rejects]).toEqual([false, [stamped], []]);
    expect(facetsOf(answer)).toEqual(['existence', 'guest', 'money', 'units']);
    expect(answer.rejects).toEqual([{ reason: 'schema', pointer: '/data/0/status', detail: 'no documented status' }]);
  });

  it('is only a hint without a stamp, and one of a zone that nobody states is none', () => {
    for (const modifiedTime of [undefined, null, '', '2026-02-15T10:07:22', '2026-02-15 10:07:22'])
      expect(pushOf({ modifiedTime })).toEqual({ tellings: [], hints: [hint], rejects: [], ignored: [] });
  });

  it('that is read without a stamp is ordered by the read', () => {
    expect(readOf({ modifiedTime: null }).tellings[0]?.facets['core']?.version).toMatchObject({
      modifiedAt: NOW * 1000,
      rank: 1,
    });
  });

  it('that lacks a part of its core is read', () => {
    for (const key of ['propertyId', 'roomId', 'status', 'subStatus', 'arrival', 'departure', 'channel'])
      expect([key, pushOf({ [key]: undefined }).hints]).toEqual([key, [stamped]]);
  });

  it('is assigned to one door, to none yet, or to doors that it does not name', () => {
    const unitsOf = (changes: JsonObject) => contentOf(pushOf(changes).tellings[0], 'units');

    expect([null, 0, ''].map((unitId) => unitsOf({ unitId }))).toEqual(Array(3).fill({ units: [] }));
    expect([unitsOf({ unitId: undefined }), unitsOf({ roomQty: 2 }), unitsOf({ roomQty: undefined })]).toEqual(
      Array(3).fill(undefined),
    );
  });

  it('without a name says nothing of the guest, whether the keys are there or not', () => {
    expect(facetsOf(pushOf({ firstName: undefined, lastName: undefined }))).not.toContain('guest');
    expect(contentOf(pushOf({ firstName: 'Ada' }).tellings[0], 'guest')).toEqual({ name: 'Ada', adults: 2, children: 0 });
  });

  it('has an amount where its owner says the currency', () => {
    expect(facetsOf(decode(webhook, PUSH, null))).toEqual(['core', 'units']);
  });

  it('is gone when the filter by its id finds nothing, but not where there are more pages', () => {
    const context = read('reservation', ids.booking, ids.cancelled);
    const two = { ...booking, data: [...booking.data, ...cancelled.data] };
    const existence = (body: unknown) =>
      decode(body, context).tellings.map(({ entity, facets }) => [entity, facets['existence']?.content]);

    expect(existence(two)).toEqual([[ids.booking, { state: 'present' }], [ids.cancelled, { state: 'present' }]]); // prettier-ignore
    expect(existence(booking)).toEqual([[ids.booking, { state: 'present' }], [ids.cancelled, { state: 'gone' }]]); // prettier-ignore
    expect(existence(empty)).toEqual([[ids.booking, { state: 'gone' }], [ids.cancelled, { state: 'gone' }]]); // prettier-ignore
    const paged = decode({ ...booking, pages: { nextPageExists: true } }, context);
    expect([paged.tellings.length, paged.rejects.map(({ reason }) => reason)]).toEqual([1, ['unreadable-answer']]);
  });

  it('on a page is neither there nor gone, and asks for nothing', () => {
    const job = { list: 'bookings', since: null, nights: { from: '2026-01-01', until: '2026-12-31' }, cursor: null };
    const answer = decode(
      { ...booking, data: [{ ...booking.data[0], arrival: null }] },
      pageContext({ adapter: beds24, account: '1234' }, job),
    );

    expect([facetsOf(answer), answer.hints]).toEqual([['guest', 'money', 'units'], []]);
  });
});

describe('an inventory notice of beds24', () => {
  it('is a year of months to read', () => {
    const { tellings, hints } = decode(fixture('webhook-inventory'));

    expect(tellings).toEqual([]);
    expect(hints.length).toBe(13);
    expect([hints[0], hints.at(-1)]).toEqual([
      { kind: 'availability', entity: '123456:2030-01', reason: 'hint' },
      { kind: 'availability', entity: '123456:2031-01', reason: 'hint' },
    ]);
  });
});

describe('a message of beds24', () => {
  const core = {
    ...{ conversation: ids.pushed, reservation: ids.pushed, direction: 'incoming' },
    ...{ body: 'When can we come?', sentAt: '2026-02-15T10:05:00.000Z' },
  };
  const riding = (changes: object) => decode({ ...webhook, messages: [{ ...message.data[0], ...changes }] });

  it('is told by a read, and as it rides on its booking', () => {
    expect(said(decode(message, read('message', ids.message)))).toEqual([['message', ids.message, core]]);
    expect(said(riding({ bookingId: undefined }))[1]).toEqual(['message', ids.message, core]);
    expect(said(riding({ source: 'host' }))[1]).toEqual(['message', ids.message, { ...core, direction: 'outgoing' }]);
  });

  it('is none where nobody wrote it to anybody', () => {
    for (const source of ['internalNote', 'system']) expect(riding({ source })).toMatchObject({ hints: [], ignored: ['a note'] });
  });

  it('spoils no booking', () => {
    const { tellings, rejects } = riding({ id: null });

    expect(tellings.map(({ kind }) => kind)).toEqual(['reservation']);
    expect(rejects).toEqual([expect.objectContaining({ reason: 'schema', pointer: '/messages/0/id' })]);
  });
});

describe('a property of beds24', () => {
  const context = read('property', ids.property);

  it('is a house, its room types and their doors', () => {
    expect(said(decode(property, context))).toEqual([
      ['property', '125517', { name: 'House Example', timeZone: 'Europe/Lisbon', checkIn: '15:00', checkOut: '11:00' }],
      ['unit-type', '281392', { property: '125517', name: 'Studio', quantity: 2 }],
      ['unit', '281392/1', { property: '125517', unitType: '281392', name: '101' }],
      ['unit', '281392/2', { property: '125517', unitType: '281392', name: '2' }],
    ]);
  });

  it('has no zone of its own, and none is invented', () => {
    expect(said(decode(property, context, null))[0]).toEqual(['property', '125517', undefined]);
  });

  it('opens at an hour of a day', () => {
    const late = { ...property, data: [{ ...property.data[0], checkInStart: '24:00', checkOutEnd: null }] };

    expect(contentOf(decode(late, context).tellings[0], 'core')).toMatchObject({ checkIn: null, checkOut: null });
  });
});

describe('a calendar of beds24', () => {
  const month = '281392:2026-02';
  const nightsOf = (decoded: Decoded, kind: Kind) => decoded.tellings.find((telling) => telling.kind === kind)?.facets ?? {};

  it('is a night each, of both kinds by one read', () => {
    const decoded = decode(calendar, read('availability', month));
    const [free, costs] = [nightsOf(decoded, 'availability'), nightsOf(decoded, 'rate')];

    expect(Object.keys(free).length).toBe(29); // 28 nights, and that it exists
    expect(['2026-02-15', '2026-02-16', '2026-02-17'].map((date) => free[date]?.content)).toEqual([
      { available: 2, closed: false },
      { available: 1, closed: false },
      { available: 0, closed: true },
    ]);
    expect(['2026-02-16', '2026-02-17'].map((date) => costs[date]?.content)).toEqual([
      { price: { amountMinor: 12_050, currency: 'EUR' }, minimumStay: 2 },
      { price: { amountMinor: 9_900, currency: 'EUR' }, minimumStay: 2 },
    ]);
  });

  it('costs nothing that anybody knows where its owner says no currency', () => {
    const decoded = decode(calendar, read('availability', month), null);

    expect(decoded.tellings.map(({ kind }) => kind)).toEqual(['availability']);
  });

  it('is read the same whether a range ends with its last night or with the next one', () => {
    const next = { '2026-02-15': '2026-02-16', '2026-02-16': '2026-02-17', '2026-02-28': '2026-03-01' };
    const ranges = calendar.data[0]['calendar'] as { to: keyof typeof next }[];
    const exclusive = ranges.map((range) => ({ ...range, to: next[range.to] }));
    const shifted = { ...calendar, data: [{ ...calendar.data[0], calendar: exclusive }] };

    expect(decode(shifted, read('availability', month))).toEqual(decode(calendar, read('availability', month)));
  });

  it('of an overbooked room has none free', () => {
    const over = [{ from: '2026-02-01', to: '2026-02-01', numAvail: -1, override: 'none' }];
    const decoded = decode({ ...calendar, data: [{ roomId: 281392, calendar: over }] }, read('availability', month));

    expect(nightsOf(decoded, 'availability')['2026-02-01']?.content).toEqual({ available: 0, closed: false });
  });

  it('on a page has the months that it has, and not until the end of time', () => {
    const job = { list: 'calendar', since: null, nights: { from: '2026-02-01', until: '2026-12-31' }, cursor: null };
    const context = pageContext({ adapter: beds24, account: '1234' }, job);
    const endless = [{ from: '2026-02-28', to: '9999-12-31', numAvail: 1, override: 'none' }];
    const monthsOf = (body: unknown) => decode(body, context, null).tellings.map(({ entity }) => entity);

    expect(monthsOf(calendar)).toEqual([month]);
    expect(monthsOf({ ...calendar, data: [{ roomId: 281392, calendar: endless }] }).length).toBe(60);
  });
});
