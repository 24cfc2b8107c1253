import { pms, type GrantOperations } from '@roomwire/pms-port';
import { describeAdapter, fixturesIn, type AdapterHarness, type JsonObject } from '@roomwire/pms-port/conformance';
import { cloudbeds } from './adapter.ts';
import { EVENTS } from './webhooks.ts';

const fixture = fixturesIn(import.meta.dirname);
type List = { success: boolean; data: JsonObject[]; count: number; total: number };
const account = '12345';
const statusChanged = fixture('webhook-reservation-status-changed');
const reservations = fixture<List>('answer-reservations');
const housekeeping = fixture<List>('answer-housekeeping');
const hotels = fixture<List>('answer-hotels');
const roomTypes = fixture<List>('answer-room-types');
const [stay] = reservations.data;

const rooms = ['101-3', '101-4'];
const gone = { success: true, data: [], count: 0, total: 0 };
const two = { ...reservations, data: [stay, { ...stay, reservationID: '31415927' }], count: 2, total: 2 };
const nights = { from: '2027-01-01', until: '2027-12-31' };
const whole = { since: null, nights, cursor: null };
const text = (name: string) => JSON.stringify(fixture(name));

const url = 'https://gateway.example.invalid/v1/webhooks/cloudbeds/c1?key=placeholder-key';
const [sample] = fixture<{ data: JsonObject[] }>('answer-webhooks').data;
const registration = (event: string, endpoint: string) => {
  const [entity, action] = event.split('/');
  return { ...sample, id: `sub-${event}`, event: { entity, action }, subscriptionData: { endpoint } };
};

const harness: AdapterHarness = {
  adapter: cloudbeds,
  account,
  fixtures: [
    { name: 'a status that has changed', via: 'push', body: statusChanged },
    { name: 'another room', via: 'push', body: fixture('webhook-accommodation-changed') },
    { name: 'a room’s condition', via: 'push', body: fixture('webhook-room-condition-changed') },
    { name: 'a block of rooms', via: 'push', body: fixture('webhook-roomblock-created') },
    { name: 'an event that is none of ours', via: 'push', body: fixture('webhook-night-audit') },
    { name: 'a reservation', via: 'read', body: reservations, job: { kind: 'reservation', entities: ['31415926'] }, gone },
    { name: 'two reservations', via: 'read', body: two, job: { kind: 'reservation', entities: ['31415926', '31415927'] }, gone },
    { name: 'the house', via: 'read', body: hotels, job: { kind: 'property', entities: [account] }, gone },
    { name: 'a type', via: 'read', body: roomTypes, job: { kind: 'unit-type', entities: ['101'] }, gone },
    { name: 'doors', via: 'read', body: housekeeping, job: { kind: 'unit', entities: rooms }, gone },
    { name: 'conditions', via: 'read', body: housekeeping, job: { kind: 'unit-status', entities: rooms }, gone },
    {
      name: 'blocked doors',
      via: 'read',
      body: housekeeping,
      job: { kind: 'ticket', entities: rooms.map((room) => `blocked/${room}`) },
      gone,
    },
    {
      name: 'a page of reservations',
      via: 'page',
      body: { ...two, total: 120 },
      job: { ...whole, list: 'reservations' },
      end: { next: '2', items: 2, total: 120 },
    },
    {
      name: 'a page of rooms',
      via: 'page',
      body: housekeeping,
      job: { ...whole, list: 'housekeeping' },
      end: { next: null, items: 2, total: 2 },
    },
    {
      name: 'a page of types',
      via: 'page',
      body: roomTypes,
      job: { ...whole, list: 'room-types' },
      end: { next: null, items: 1, total: 1 },
    },
    { name: 'houses', via: 'page', body: hotels, job: { ...whole, list: 'hotels' }, end: { next: null, items: 1, total: 1 } },
  ],
  webhook: {
    secret: { key: 'placeholder-key-one' },
    next: { key: 'placeholder-key-two' },
    foreign: { key: 'placeholder-key-of-another-tenant' },
    sign: (_body, secret) => ({ key: 'key' in secret ? secret.key : '' }),
    wrongAccount: { ...statusChanged, propertyID: 12346, propertyID_str: '12346' },
    stamped: () => statusChanged,
  },
  token: {
    credentials: { clientId: 'placeholder-id', clientSecret: 'placeholder-secret', refreshToken: 'placeholder-refresh' },
    answer: fixture('token'),
    grant: { expiresInMs: 28_800_000, usableAfterMs: 0, next: { refreshToken: 'placeholder-next-refresh-token' } },
  },
  probe: {
    accepted: { user_id: '1', email: 'someone@example.invalid' },
    refused: [
      {
        status: 401,
        body: { error: 'access_denied', message: 'The resource owner or authorization server denied the request.' },
      },
      { status: 200, body: { success: false, message: 'User who approved this connection is not active anymore' } },
    ],
  },
  pushes: [
    {
      name: 'conditions',
      commands: [
        { kind: 'unit-status', unit: '101-3', status: 'clean' },
        { kind: 'unit-status', unit: '101-4', status: 'dirty' },
      ],
      answers: [
        { body: fixture('answer-condition'), outcomes: [{ kind: 'accepted' }] },
        { body: fixture('answer-condition'), outcomes: [{ kind: 'unknown' }] },
      ],
    },
  ],
  registry: {
    wanted: { url, secret: null, isOurs: (other) => other.startsWith('https://gateway.example.invalid/') },
    former: 'https://gateway.example.invalid/v1/webhooks/cloudbeds/c1?key=placeholder-former',
    none: [{ success: true, data: [sample] }],
    some: [{ success: true, data: [sample, ...EVENTS.map((event) => registration(event, url))] }],
  },
  failures: [
    {
      name: 'an expired token',
      operation: 'reservations',
      status: 401,
      body: text('error-access-denied'),
      code: 'credential-expired',
    },
    { name: 'a v2 refusal', operation: 'hotels', status: 401, body: text('error-problem-json'), code: 'credential-expired' },
    {
      name: 'a 200 that says who approved it has gone',
      operation: 'reservations',
      status: 200,
      body: text('error-inactive-user'),
      code: 'credential-expired',
    },
    {
      name: 'a 200 that says that the property is another’s',
      operation: 'reservations',
      status: 200,
      body: '{"success":false,"message":"None of the included property id\'s match the access_token user\'s property id"}',
      code: 'forbidden',
    },
    {
      name: 'a 200 that is a failure',
      operation: 'reservations',
      status: 200,
      body: '{"success":false,"message":"Internal problem"}',
      code: 'provider-error',
    },
    {
      name: 'a dead refresh token',
      operation: 'token',
      status: 400,
      body: text('error-refresh-token'),
      code: 'credential-rejected',
    },
    { name: 'a dead code', operation: 'token', status: 401, body: text('error-bad-code'), code: 'credential-rejected' },
    { name: 'a scope that lacks', operation: 'push-unit-status', status: 403, body: '', code: 'forbidden' },
    { name: 'an address that is none', operation: 'reservations', status: 404, body: '', code: 'invalid-request' },
    { name: 'too many calls', operation: 'reservations', status: 429, body: '', code: 'rate-limited' },
    { name: 'a failure of its own', operation: 'reservations', status: 503, body: '<html>', code: 'provider-error' },
  ],
};

describeAdapter('cloudbeds', harness);

describe('a subscription of cloudbeds', () => {
  it('is one for each event', () => {
    const { wanted } = harness.registry!;
    const plans = cloudbeds.webhooks!.ensureRequests([], wanted, { account });

    expect(plans.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual(
      EVENTS.map((event) => {
        const [object, action] = event.split('/');
        return { object, action, endpointUrl: url, propertyID: account };
      }),
    );
  });

  it('of an event that is told twice is taken back once', () => {
    const { wanted, some } = harness.registry!;
    const all = cloudbeds.webhooks!.listed(cloudbeds.webhooks!.listRequests({ account })[0]!, some[0]);
    const again = { ...all[1]!, id: 'again' };

    expect(cloudbeds.webhooks!.ensureRequests([...all, again], wanted, { account })).toEqual([
      { operation: 'remove-webhook', method: 'DELETE', path: '/deleteWebhook?subscriptionID=again&propertyIDs=12345' },
    ]);
  });
});

describe('a condition sent to cloudbeds', () => {
  it('is always named, or it would be switched', () => {
    const [plan] = pms(cloudbeds).pushRequests([{ kind: 'unit-status', unit: '101-3', status: 'clean' }], { account });

    expect([plan!.method, plan!.path, plan!.body]).toEqual([
      'POST',
      '/postHousekeepingStatus',
      'propertyID=12345&roomID=101-3&roomCondition=clean',
    ]);
    expect(() => pms(cloudbeds).pushRequests([{ kind: 'unit-status', unit: '101-3', status: 'cleaning' }], { account })).toThrow(
      'invalid-request',
    );
  });
});

describe('a token of cloudbeds', () => {
  it('is asked for with the refresh token, by form', () => {
    const { grantRequest } = cloudbeds.token as GrantOperations;

    expect(grantRequest({ clientId: 'a', clientSecret: 'b&c', refreshToken: 'd' }).body).toBe(
      'client_id=a&client_secret=b%26c&grant_type=refresh_token&refresh_token=d',
    );
  });

  it('comes of what a person agreed to, too', () => {
    const { codeGrant } = cloudbeds.token as GrantOperations;
    const credentials = { clientId: 'a', clientSecret: 'b&c' };

    expect(codeGrant!.agreementPath(credentials, 'state', 'https://us.invalid/back')).toBe(
      '/oauth?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fus.invalid%2Fback&state=state',
    );
    expect(codeGrant!.codeRequest(credentials, 'code', 'https://us.invalid/back').body).toBe(
      'client_id=a&client_secret=b%26c&grant_type=authorization_code&code=code&redirect_uri=https%3A%2F%2Fus.invalid%2Fback',
    );
  });

  it('leaves the refresh token as it was where none comes back', () => {
    const { grantAnswer } = cloudbeds.token as GrantOperations;

    expect(grantAnswer({ access_token: 'x', expires_in: 60 })).not.toHaveProperty('next');
  });
});
