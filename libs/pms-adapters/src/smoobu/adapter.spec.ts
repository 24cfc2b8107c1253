import type { PushCommand } from '@roomwire/pms-port';
import { describeAdapter, fixturesIn, type AdapterHarness, type JsonObject } from '@roomwire/pms-port/conformance';
import { smoobu } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
type Vector = Record<
  'method' | 'path' | 'query' | 'timestamp' | 'nonce' | 'bodySha256Hex' | 'apiKey' | 'apiSecret' | 'signatureBase64',
  string
>;
const vector = fixture<Vector>('hmac-vector');
const reservation = fixture('answer-reservation');
const rates = fixture('answer-rates');
const list = fixture<{ bookings: [JsonObject] }>('page-reservations');
const webhook = (action: string, data: unknown = reservation) => ({ action, user: 7, data });
const months = ['38:2026-08', '38:2026-09'];
const nights = { from: '2026-08-01', until: '2026-09-30' };
const first = { since: null, nights, cursor: null };
const inBerlin = (at: Date) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO('Europe/Berlin').toPlainDateTime().toString();
const asSmoobuWrites = (at: Date | null) => at && inBerlin(at).slice(0, 16).replace('T', ' ');

const price: PushCommand = {
  ...{ kind: 'rate', unitType: '38', ratePlan: null, from: '2026-08-10', until: '2026-08-12' },
  ...{ price: { amountMinor: 14_850, currency: 'EUR' }, minimumStay: 2 },
};
const words: PushCommand = { kind: 'message', conversation: '292', reservation: '292', body: 'Hello\nfrom us' };
const done = { success: true };

const harness: AdapterHarness = {
  adapter: smoobu,
  account: '7',
  unsaid: { timeZone: 'Europe/Berlin', currency: 'EUR' },
  fixtures: [
    { name: 'an updated reservation', via: 'push', body: webhook('updateReservation') },
    { name: 'a reservation in a booking', via: 'push', body: { action: 'newReservation', user: 7, booking: reservation } },
    { name: 'a reservation without a wrapping', via: 'push', body: { action: 'newReservation', user: 7, ...reservation } },
    { name: 'a new reservation, shortened', via: 'push', body: fixture('webhook-reservation-new') },
    {
      name: 'a cancelled reservation',
      via: 'push',
      body: webhook('cancelReservation', { ...reservation, type: 'cancellation' }),
    },
    { name: 'a deleted reservation', via: 'push', body: webhook('deleteReservation', { id: 292 }) },
    { name: 'a message', via: 'push', body: fixture('webhook-message') },
    { name: 'rates of an apartment', via: 'push', body: webhook('updateRates', { apartmentId: 38 }) },
    { name: 'rates by apartment and date', via: 'push', body: webhook('updateRates', rates['data']) },
    { name: 'an online check-in', via: 'push', body: webhook('onlineCheckInUpdate', { bookingId: 292 }) },
    { name: 'a price element', via: 'push', body: webhook('priceElementCreated', { id: 10, booking: { id: 292 } }) },
    { name: 'an event of a timeline', via: 'push', body: webhook('newTimelineEvent', {}) },
    { name: 'a reservation’s answer', via: 'read', body: reservation, job: { kind: 'reservation', entities: ['292'] } },
    {
      name: 'an apartment’s answer',
      via: 'read',
      body: fixture('answer-apartment'),
      job: { kind: 'property', entities: ['38'] },
    },
    {
      name: 'a message’s answer',
      via: 'read',
      body: fixture('answer-messages'),
      job: { kind: 'message', entities: ['292/1234'] },
      elsewhere: { page_count: 30, page_size: 25, total_items: 750, page: 1, messages: [{ id: 9, message: 'Hello', type: 1 }] },
    },
    {
      name: 'what is free',
      via: 'read',
      body: rates,
      job: { kind: 'availability', entities: months },
      gone: { data: {} },
    },
    { name: 'what it costs', via: 'read', body: rates, job: { kind: 'rate', entities: months }, gone: { data: [] } },
    {
      name: 'the only page of reservations',
      via: 'page',
      body: list,
      job: { list: 'reservations', ...first },
      end: { next: null, items: 1, total: 1 },
    },
    {
      name: 'a page of two reservations',
      via: 'page',
      body: { ...list, page_count: 3, total_items: 5, page: 2, bookings: [list.bookings[0], { ...list.bookings[0], id: 293 }] },
      job: { list: 'reservations', ...first, cursor: '2' },
      end: { next: '3', items: 2, total: 5 },
    },
    {
      name: 'the apartments',
      via: 'page',
      body: fixture('page-apartments'),
      job: { list: 'apartments', ...first },
      end: { next: '2:38,39', items: 2 },
    },
    {
      name: 'the rates of some',
      via: 'page',
      body: rates,
      job: { list: 'apartments', ...first, cursor: '1:38' },
      end: { next: '1', items: 1 },
    },
    {
      name: 'the apartments, when all are done',
      via: 'page',
      body: fixture('page-apartments'),
      job: { list: 'apartments', ...first, cursor: '2' },
      end: { next: null, items: 2 },
    },
  ],
  webhook: {
    secret: { key: 'placeholder-one' },
    next: { key: 'placeholder-two' },
    foreign: { key: 'placeholder-of-another-tenant' },
    sign: (_body, secret) => ({ key: 'key' in secret ? secret.key : '' }),
    wrongAccount: { ...webhook('updateReservation'), user: 8 },
    stamped: (_kind, at) => webhook('updateReservation', { ...reservation, modifiedAt: asSmoobuWrites(at) }),
  },
  token: {
    credentials: { apiKey: vector.apiKey, apiSecret: vector.apiSecret },
    signing: {
      request: { method: vector.method, path: `${vector.path}?${vector.query}`, bodySha256: vector.bodySha256Hex },
      moment: { at: vector.timestamp, nonce: vector.nonce },
      headers: {
        ...{ 'x-api-key': vector.apiKey, 'x-timestamp': vector.timestamp },
        ...{ 'x-nonce': vector.nonce, 'x-signature': vector.signatureBase64 },
      },
    },
  },
  probe: { accepted: { id: 7 }, refused: [{ status: 401, body: '' }] },
  pushes: [
    {
      name: 'prices of two apartments',
      commands: [price, { ...price, unitType: '39' }, { ...price, minimumStay: null }],
      answers: [
        { body: done, outcomes: [{ kind: 'accepted' }, { kind: 'accepted' }] },
        { body: { message: 'queued' }, outcomes: [{ kind: 'unknown' }] },
      ],
    },
    {
      name: 'two messages',
      commands: [words, words],
      answers: [
        { body: done, outcomes: [{ kind: 'accepted' }] },
        { body: [], outcomes: [{ kind: 'unknown' }] },
      ],
    },
  ],
  usages: [
    {
      headers: {
        ...{ 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '0', 'x-ratelimit-retry-after': '1785588030' },
        date: 'Sat, 01 Aug 2026 12:40:00 GMT',
      },
      usage: { remaining: 0, retryAfterMs: 30_000 },
    },
    { headers: { 'x-ratelimit-retry-after': '12' }, usage: { retryAfterMs: 12_000 } },
    { headers: { 'x-ratelimit-retry-after': '1785588030' }, usage: { retryAfterMs: 60_000 } },
    { headers: { 'x-ratelimit-remaining': '998', 'x-ratelimit-reset': '40' }, usage: { remaining: 998, resetsInMs: 40_000 } },
  ],
  failures: [
    { name: 'a key or a signature that is refused', operation: 'reservation', status: 401, body: '', code: 'credential-expired' },
    { name: 'a refusal', operation: 'rates', status: 403, body: '', code: 'forbidden' },
    { name: 'nothing there', operation: 'push-message', status: 404, body: '', code: 'not-found' },
    { name: 'a wrong request', operation: 'push-rates', status: 422, body: '', code: 'invalid-request' },
    { name: 'too many calls', operation: 'reservation', status: 429, body: '', code: 'rate-limited' },
    { name: 'a failure of its own', operation: 'reservation', status: 502, body: '<html>', code: 'provider-error' },
  ],
};

describeAdapter('smoobu', harness);
