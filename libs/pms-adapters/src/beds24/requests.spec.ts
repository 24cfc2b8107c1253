import { pms, PmsError, type GrantOperations, type PushCommand, type WantedWebhook } from '@roomwire/pms-port';
import { fixturesIn, NOW, type JsonObject } from '@roomwire/pms-port/conformance';
import { beds24 } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
const webhook = fixture<{ booking: JsonObject }>('webhook-booking');
const empty = fixture('answer-messages-empty');
const first = { since: null, nights: { from: '2026-02-01', until: '2026-12-31' }, cursor: null };
const account = { account: '1234', unsaid: { currency: 'EUR' } };
/** Nothing but what a person registered by hand is there in the captured fragment. */
const registered = (url: string, more: JsonObject = {}) => ({
  ...fixture<{ webhooks: JsonObject }>('webhooks-fragment').webhooks,
  ...{ version: 'twoWithPersonalData', url },
  ...more,
});
const properties = (...urls: string[]) => ({
  ...empty,
  data: urls.map((url, index) => ({ id: 345754 + index, webhooks: registered(url) })),
});
const wanted: WantedWebhook = {
  url: 'https://gateway.example/v1/webhooks/beds24/c1?key=placeholder-new',
  secret: { key: 'placeholder-new' },
  isOurs: (url) => url.startsWith('https://gateway.example/'),
};
const night: PushCommand = {
  ...{ kind: 'availability', unitType: '281392', from: '2026-02-16', until: '2026-02-17' },
  ...{ available: 1, closed: false },
};
const price: PushCommand = {
  ...{ kind: 'rate', unitType: '281392', ratePlan: null, from: '2026-02-16', until: '2026-02-17' },
  ...{ price: { amountMinor: 12_050, currency: 'EUR' }, minimumStay: 2 },
};
const words: PushCommand = { kind: 'message', conversation: '1234567', reservation: '1234567', body: 'Hello world!' };

const port = pms(beds24);
const six = ['confirmed', 'new', 'request', 'inquiry', 'black', 'cancelled'].map((status) => `status=${status}`).join('&');

describe('a read of beds24', () => {
  const path = (kind: 'reservation' | 'property' | 'message' | 'availability', ...entities: string[]) =>
    port.readRequest({ kind, entities }, account).path;

  it('names all six statuses, or the cancelled ones would be missing without a word', () => {
    expect(path('reservation', '13', '14')).toBe(`/bookings?id=13&id=14&${six}`);
  });

  it('asks for all that the facets need', () => {
    expect(path('property', '345754')).toBe('/properties?id=345754&includeAllRooms=true&includeUnitDetails=true');
    expect(path('message', '5')).toBe('/bookings/messages?id=5');
    expect(path('availability', '7:2026-12', '7:2026-02', '8:2026-02')).toBe(
      '/inventory/rooms/calendar?roomId=7&roomId=8&startDate=2026-02-01&endDate=2026-12-31' +
        '&includeNumAvail=true&includeOverride=true&includeMinStay=true&includePrices=true',
    );
    expect(() => path('availability', '7')).toThrow('invalid-request');
  });
});

describe('a page of beds24', () => {
  const path = (list: string, more: object = {}) => port.pageRequest({ list, ...first, ...more }, account).path;

  it('has all six statuses and the nights that matter, or what was changed', () => {
    expect(path('bookings', { cursor: '3' })).toBe(`/bookings?departureFrom=2026-02-01&arrivalTo=2026-12-31&${six}&page=3`);
    expect(path('messages')).toBe('/bookings/messages?maxAge=999&page=1');
    expect(path('messages', { since: NOW - 86_400_000, startedAt: NOW + 1 })).toBe('/bookings/messages?maxAge=3&page=1');
    expect(path('bookings', { since: NOW })).toBe(`/bookings?modifiedFrom=2030-01-01T00:00:00Z&${six}&page=1`);
  });
});

describe('beds24’s token', () => {
  it('is asked for with a header, and has one of its own', () => {
    const { grantRequest } = beds24.token as GrantOperations;
    expect(grantRequest({ refreshToken: 'kept' })).toEqual({
      ...{ method: 'GET', path: '/authentication/token', headers: { refreshToken: 'kept' } },
    });
    const request = { method: 'GET', path: '/bookings', headers: { accept: 'application/json' } };
    expect(beds24.authorise!(request, 'short').headers).toEqual({ accept: 'application/json', token: 'short' });
  });
});

describe('a webhook of beds24', () => {
  const body = new TextEncoder().encode(JSON.stringify(webhook));
  const admitted = (query: Record<string, string>, key: string) => port.admit({ headers: {}, query, body }, [{ key }], NOW).kind;

  it('is proven by a key in its address too', () => {
    expect(admitted({ key: 'placeholder-key' }, 'placeholder-key')).toBe('genuine');
    expect(admitted({ key: 'placeholder-other' }, 'placeholder-key')).toBe('forged');
    expect(admitted({}, '')).toBe('forged');
  });

  it('is stored without card tokens, PINs and custom fields', () => {
    const booking = { ...webhook.booking, stripeToken: 'tok_pl4nted', pcibookingToken: 'pci_pl4nted', custom3: 'pl4nted door' };
    const secret = { ...webhook, booking, infoItems: [{ id: 1, code: 'LOCK', text: 'pl4nted 4711' }] };
    const bytes = new TextEncoder().encode(JSON.stringify(secret));
    const stored = port.admit({ headers: {}, query: { key: 'k' }, body: bytes }, [{ key: 'k' }], NOW);

    expect(stored.kind).toBe('genuine');
    expect(new TextDecoder().decode((stored as { body: Uint8Array }).body)).not.toContain('pl4nted');
  });
});

describe('a push to beds24', () => {
  const bodies = (...commands: PushCommand[]) =>
    port.pushRequests(commands, account).map(({ method, path, body }): unknown => [method, path, JSON.parse(body!)]);

  it('is what the documents show', () => {
    const { newMessage } = fixture<{ newMessage: unknown }>('post-messages');
    const { changeValues } = fixture<{ changeValues: [{ roomId: number; calendar: [JsonObject] }] }>('post-calendar');
    const [{ roomId, calendar: ranges }] = changeValues;
    const [{ from, to, ...values }] = ranges;
    const range = { from: from as string, until: to as string };
    const { price1, minStay, numAvail } = values as Record<string, number>;

    expect(bodies(words)).toEqual([['POST', '/bookings/messages', newMessage]]);
    const said = [
      { ...night, unitType: String(roomId), ...range, available: numAvail!, closed: null },
      {
        ...price,
        unitType: String(roomId),
        ...range,
        price: { amountMinor: price1! * 100, currency: 'EUR' },
        minimumStay: minStay!,
      },
    ] as const;
    const sent = said.flatMap((command) => bodies(command)) as [string, string, [{ roomId: number; calendar: [JsonObject] }]][];
    expect(sent.map(([method, path]) => [method, path])).toEqual([
      ['POST', '/inventory/rooms/calendar'],
      ['POST', '/inventory/rooms/calendar'],
    ]);
    expect({ roomId, calendar: [Object.assign({}, ...sent.map(([, , [item]]) => item.calendar[0]))] }).toEqual(changeValues[0]);
  });

  it('of nights is harmless to repeat, of words it is not', () => {
    expect(port.pushRequests([night], account).map(({ idempotent }) => idempotent)).toEqual([true]);
    expect(port.pushRequests([words], account).map(({ idempotent }) => idempotent)).toEqual([false]);
  });

  it('names no price in another currency than the account’s, and no plan that there is not', () => {
    for (const wrong of [
      { ...price, price: { amountMinor: 1, currency: 'USD' } },
      { ...price, ratePlan: 'price17' },
      { ...price, unitType: 'studio' },
    ])
      expect(() => port.pushRequests([wrong], account)).toThrow(PmsError);
    expect(() => port.pushRequests([price], { account: '1234' })).toThrow(PmsError);
  });
});

describe('beds24’s registration of webhooks', () => {
  const { listRequests, listed, ensureRequests } = beds24.webhooks!;
  const [plan] = listRequests(account) as [ReturnType<typeof listRequests>[number]];
  const ensured = (body: unknown, want: WantedWebhook = wanted) =>
    ensureRequests(listed(plan, body), want, account).map((request): unknown => JSON.parse(request.body!));

  it('keeps other people’s addresses and takes past ones of ours away', () => {
    const past = 'https://gateway.example/v1/webhooks/beds24/c1?key=placeholder-old';

    expect(ensured(properties(`https://others.example/hook\n${past}`))).toEqual([
      [
        {
          id: 345754,
          webhooks: {
            ...{ version: 'twoWithPersonalData', url: `https://others.example/hook\n${wanted.url}`, additionalData: 'none' },
          },
        },
      ],
    ]);
  });

  it('has the form of what was sent and accepted', () => {
    const [sent] = fixture<JsonObject[]>('post-webhooks') as unknown as [{ webhooks: JsonObject }];
    const [[item]] = ensured(properties(''), { ...wanted, secret: { login: 'X-Probe', password: '1' } }) as [[typeof sent]];

    expect(Object.keys(item)).toEqual(Object.keys(sent));
    expect(Object.keys(item.webhooks)).toEqual(Object.keys(sent.webhooks));
    expect(item.webhooks['customHeader']).toBe(sent.webhooks['customHeader']);
  });

  it('asks again where card codes would ride along, or nothing would', () => {
    for (const wrong of [{ additionalData: 'CVC' }, { version: 'one' }, { version: 'twoNoPersonalData' }])
      expect(ensured({ ...empty, data: [{ id: 1, webhooks: registered(wanted.url, wrong) }] })).toHaveLength(1);
  });

  it('shows its header to nobody else, and says so when nothing else is left to do', () => {
    const login = { ...wanted, secret: { login: 'X-Roomwire', password: 'placeholder-one' } };

    expect(ensured(properties('https://others.example/hook', ''), login)).toEqual([[expect.objectContaining({ id: 345755 })]]);
    expect(() => ensured(properties('https://others.example/hook'), login)).toThrow(/where others have one, use a key/);
  });

  it('registers nothing while it has not seen all properties', () => {
    expect(() => listed(plan, { ...properties(''), pages: { nextPageExists: true } })).toThrow('malformed-answer');
  });
});
