import type { PushCommand, WantedWebhook } from '@roomwire/pms-port';
import { describeAdapter, fixturesIn, NOW, type AdapterHarness, type JsonObject } from '@roomwire/pms-port/conformance';
import { beds24 } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
type Webhook = { booking: JsonObject; messages: JsonObject[] };
type List = { data: JsonObject[] };
const webhook = fixture<Webhook>('webhook-booking');
const inventory = fixture('webhook-inventory');
const property = fixture<List>('answer-property');
const calendar = fixture<List>('answer-calendar');
const message = fixture<List>('answer-message');
const empty = fixture('answer-messages-empty');
const [captured] = fixture<JsonObject[]>('usage') as unknown as [
  { x_request_cost: number; credit_headers: Record<string, string> },
];

const ids = { booking: '90923575', cancelled: '91047458', property: '125517', message: '51000123' };
const months = ['281392:2026-02', '281392:2026-03'];
const nights = { from: '2026-02-01', until: '2026-12-31' };
const first = { since: null, nights, cursor: null };
/** Without what is empty: each field costs the kit a dozen decodings. */
const short = (booking: JsonObject) =>
  Object.fromEntries(
    Object.entries(booking).filter(
      ([key, value]) => key === 'subStatus' || ![null, '', '***scrubbed***'].includes(value as string),
    ),
  );
const both = {
  ...empty,
  data: ['answer-booking', 'answer-booking-cancelled'].map((name) => short(fixture<List>(name).data[0]!)),
};
const twice = (list: List) => ({ ...list, data: [...list.data, { ...list.data[0], id: 2, roomTypes: [] }] });
const withMessages = { booking: short(webhook.booking), messages: message.data };
const asBeds24Writes = (at: Date) => `${at.toISOString().slice(0, 19)}Z`;

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
const refusal = { success: false, errors: [{ action: 'modify', field: 'price1', message: 'is not a number' }] };

const harness: AdapterHarness = {
  adapter: beds24,
  account: '1234',
  unsaid: { timeZone: 'Europe/Lisbon', currency: 'EUR' },
  fixtures: [
    { name: 'a booking', via: 'push', body: webhook },
    { name: 'a list of bookings', via: 'push', body: [{ ...webhook, booking: short(webhook.booking) }] },
    { name: 'a booking with a message', via: 'push', body: withMessages },
    { name: 'a room that is to be read', via: 'push', body: inventory },
    { name: 'an action of next year', via: 'push', body: { action: 'SYNC_UNIVERSE' } },
    {
      name: 'a booking’s answer',
      via: 'read',
      body: fixture('answer-booking'),
      job: { kind: 'reservation', entities: [ids.booking] },
      gone: empty,
    },
    {
      name: 'a cancelled booking’s answer',
      via: 'read',
      body: fixture('answer-booking-cancelled'),
      job: { kind: 'reservation', entities: [ids.cancelled] },
      gone: empty,
    },
    {
      name: 'two bookings’ answer',
      via: 'read',
      body: both,
      job: { kind: 'reservation', entities: [ids.booking, ids.cancelled] },
      gone: empty,
    },
    {
      name: 'two properties’ answer',
      via: 'read',
      body: twice(property),
      job: { kind: 'property', entities: [ids.property, '2'] },
      gone: empty,
    },
    {
      name: 'two messages’ answer',
      via: 'read',
      body: twice(message),
      job: { kind: 'message', entities: [ids.message, '2'] },
      gone: empty,
    },
    { name: 'what two months cost', via: 'read', body: calendar, job: { kind: 'rate', entities: months }, gone: empty },
    {
      name: 'a property’s answer',
      via: 'read',
      body: property,
      job: { kind: 'property', entities: [ids.property] },
      gone: empty,
    },
    { name: 'a message’s answer', via: 'read', body: message, job: { kind: 'message', entities: [ids.message] }, gone: empty },
    { name: 'what is free', via: 'read', body: calendar, job: { kind: 'availability', entities: months }, gone: empty },
    { name: 'what it costs', via: 'read', body: calendar, job: { kind: 'rate', entities: [months[0]!] }, gone: empty },
    {
      name: 'the only page of bookings',
      via: 'page',
      body: both,
      job: { list: 'bookings', ...first },
      end: { next: null, items: 2 },
    },
    {
      name: 'a page of properties',
      via: 'page',
      body: { ...property, pages: { nextPageExists: true, nextPageLink: 'https://elsewhere.example/?page=3' } },
      job: { list: 'properties', ...first, cursor: '2' },
      end: { next: '3', items: 1 },
    },
    {
      name: 'a page of calendars',
      via: 'page',
      body: calendar,
      job: { list: 'calendar', ...first },
      end: { next: null, items: 1 },
    },
    {
      name: 'a page of messages',
      via: 'page',
      body: message,
      job: { list: 'messages', ...first, startedAt: NOW },
      end: { next: null, items: 1 },
    },
    {
      name: 'a page of nothing',
      via: 'page',
      body: empty,
      job: { list: 'messages', ...first, startedAt: NOW },
      end: { next: null, items: 0 },
    },
  ],
  webhook: {
    secret: { login: 'X-Roomwire', password: 'placeholder-one' },
    next: { login: 'X-Roomwire', password: 'placeholder-two' },
    foreign: { login: 'X-Roomwire', password: 'placeholder-of-another-tenant' },
    sign: (_body, secret) => ('login' in secret ? { [secret.login.toLowerCase()]: secret.password } : {}),
    wrongAccount: { ...inventory, ownerId: '4321' },
    stamped: (kind, at) =>
      kind === 'reservation'
        ? { ...webhook, booking: { ...webhook.booking, modifiedTime: at && asBeds24Writes(at) } }
        : { ...webhook, messages: [{ ...message.data[0], time: at && asBeds24Writes(at) }] },
  },
  token: {
    credentials: { refreshToken: 'placeholder-refresh-token' },
    answer: fixture('token'),
    grant: { expiresInMs: 86_400_000, usableAfterMs: 0 },
  },
  probe: {
    accepted: { validToken: true, token: { ownerId: 1234 } },
    refused: [
      { status: 200, body: { validToken: false } },
      { status: 401, body: '' },
    ],
  },
  pushes: [
    {
      name: 'nights',
      commands: [night, night],
      answers: [
        {
          body: [{ success: true, modified: {} }, refusal],
          outcomes: [{ kind: 'accepted' }, { kind: 'refused', code: 'invalid-request', detail: 'price1 is not a number' }],
        },
      ],
    },
    {
      name: 'a price that is refused with warnings alone',
      commands: [price],
      answers: [
        {
          body: [{ success: false, warnings: [{ message: 'no such word' }] }],
          outcomes: [{ kind: 'refused', code: 'invalid-request', detail: 'no such word' }],
        },
      ],
    },
    {
      name: 'more messages than one request carries',
      commands: Array.from({ length: 11 }, () => words),
      answers: [
        {
          body: Array.from({ length: 10 }, () => ({ success: true })),
          outcomes: Array.from({ length: 10 }, () => ({ kind: 'accepted' })),
        },
        { body: [{ success: true }, { success: true }], outcomes: [{ kind: 'unknown' }] },
      ],
    },
    { name: 'a message', commands: [words], answers: [{ body: fixture('answer-post'), outcomes: [{ kind: 'accepted' }] }] },
  ],
  registry: {
    wanted,
    former: 'https://gateway.example/v1/webhooks/beds24/c1?key=placeholder-old',
    none: [properties('', 'https://others.example/hook')],
    some: [properties(wanted.url, `https://others.example/hook\n${wanted.url}`)],
  },
  usages: [
    {
      headers: { ...captured.credit_headers, 'x-request-cost': String(captured.x_request_cost) },
      usage: { cost: 1, remaining: 95.9, resetsInMs: 162_000 },
    },
    {
      headers: { 'x-requestcost': '1.6', 'x-fivemincreditlimit-remaining': '0', 'x-fivemincreditlimit-resetsin': '7' },
      usage: { cost: 1.6, remaining: 0, resetsInMs: 7_000 },
    },
  ],
  failures: [
    { name: 'an expired token', operation: 'bookings', status: 401, body: '', code: 'credential-expired' },
    { name: 'a dead refresh token', operation: 'token', status: 401, body: '', code: 'credential-rejected' },
    { name: 'a wrong refresh token', operation: 'token', status: 400, body: '', code: 'credential-rejected' },
    { name: 'too few credits', operation: 'bookings', status: 429, body: '', code: 'rate-limited' },
    {
      name: 'a wrong request',
      operation: 'push-calendar',
      status: 400,
      body: JSON.stringify(fixture('error-malformed')),
      code: 'invalid-request',
    },
    {
      name: 'a failure under a success',
      operation: 'bookings',
      status: 200,
      body: JSON.stringify(fixture('error-unsuccessful')),
      code: 'provider-error',
    },
    { name: 'a scope that the token lacks', operation: 'calendar', status: 403, body: '', code: 'forbidden' },
    { name: 'no such path', operation: 'calendar', status: 404, body: '', code: 'not-found' },
    { name: 'a failure of its own', operation: 'bookings', status: 502, body: '<html>', code: 'provider-error' },
  ],
};

describeAdapter('beds24', harness);
