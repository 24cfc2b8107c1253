import { pms, type GrantOperations, type PageJob, type PushCommand } from '@roomwire/pms-port';
import { describeAdapter, fixturesIn, readContext, type AdapterHarness, type JsonObject } from '@roomwire/pms-port/conformance';
import { hostaway } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
type Webhook = { event: string; data: JsonObject };
const created = fixture<Webhook>('webhook-reservation-created');
const updated = fixture<Webhook>('webhook-reservation-updated');
const short = fixture<Webhook>('webhook-reservation-updated-short');
const messageReceived = fixture<Webhook>('webhook-message-received');
const reservation = fixture<{ result: JsonObject }>('answer-reservation');
const listing = fixture<{ result: { name: string } }>('answer-listing');

const ids = { reservation: '49264388', listing: '218666', message: '1406/326' };
const tasks = fixture<{ result: JsonObject[] }>('page-tasks');
const page = (list: string, cursor: string | null = null): PageJob => ({
  list,
  since: null,
  nights: { from: '2025-11-01', until: '2026-10-31' },
  cursor,
});
const asHostawayWrites = (at: Date | null) => at?.toISOString().replace('T', ' ').slice(0, 19);

const closed = (unitType: string, from: string, until: string): PushCommand => ({
  ...{ kind: 'availability', unitType, from, until, available: null, closed: true },
});
const price = (from: string, until: string, amountMinor: number): PushCommand => ({
  ...{ kind: 'rate', unitType: '40160', ratePlan: null, from, until },
  ...{ price: { amountMinor, currency: 'USD' }, minimumStay: null },
});
const task = fixture<{ result: JsonObject }>('answer-task');
const taskAnswer = (changes: JsonObject) => ({ ...task, result: { ...task.result, ...changes } });
const registered = fixture<{ result: JsonObject[] }>('answer-webhooks');

const harness: AdapterHarness = {
  adapter: hostaway,
  account: '59808',
  unsaid: { currency: 'USD' },
  fixtures: [
    { name: 'a created reservation', via: 'push', body: created },
    { name: 'an updated reservation', via: 'push', body: updated },
    { name: 'a shortened reservation', via: 'push', body: short },
    { name: 'a doubly encoded reservation', via: 'push', body: JSON.stringify(JSON.stringify(created)) },
    {
      name: 'a reservation in a payload',
      via: 'push',
      body: { event: created.event, accountId: 59808, payload: { data: created.data } },
    },
    { name: 'a message', via: 'push', body: messageReceived },
    { name: 'an event of next year', via: 'push', body: fixture('webhook-unknown-event') },
    { name: 'a reservation’s answer', via: 'read', body: reservation, job: { kind: 'reservation', entities: [ids.reservation] } },
    { name: 'a listing’s answer', via: 'read', body: listing, job: { kind: 'property', entities: [ids.listing] } },
    {
      name: 'a message’s answer',
      via: 'read',
      body: fixture('answer-message'),
      job: { kind: 'message', entities: [ids.message] },
    },
    {
      name: 'a calendar',
      via: 'read',
      body: fixture('answer-calendar'),
      job: { kind: 'availability', entities: ['40160:2017-07'] },
    },
    {
      name: 'a calendar, asked for its prices',
      via: 'read',
      body: fixture('answer-calendar'),
      job: { kind: 'rate', entities: ['40160:2017-07'] },
    },
    {
      name: 'a listing’s units',
      via: 'read',
      body: fixture('answer-listing-units'),
      job: { kind: 'unit-type', entities: ['40160'] },
      nothing: { status: 'success', result: [] },
      nameless: true,
    },
    { name: 'a task’s answer', via: 'read', body: fixture('answer-task'), job: { kind: 'task', entities: ['1'] } },
    {
      name: 'a page of reservations',
      via: 'page',
      body: { status: 'success', result: [{ ...reservation.result, id: 49264387 }, reservation.result], count: 205 },
      job: page('reservations'),
      end: { next: `${ids.reservation}:2`, items: 2, total: 205 },
    },
    {
      name: 'a page of listings',
      via: 'page',
      body: { status: 'success', result: [{ ...listing.result, id: 218665 }, listing.result], count: 102 },
      job: page('listings', '100'),
      end: { next: '102', items: 2, total: 102 },
    },
    { name: 'a page of tasks', via: 'page', body: tasks, job: page('tasks'), end: { next: '1', items: 1 } },
    {
      name: 'the page after the last of tasks',
      via: 'page',
      body: { ...tasks, result: [] },
      job: page('tasks', '1'),
      end: { next: null, items: 0 },
    },
  ],
  webhook: {
    secret: { login: 'roomwire', password: 'placeholder-one' },
    next: { login: 'roomwire', password: 'placeholder-two' },
    foreign: { login: 'roomwire', password: 'placeholder-of-another-tenant' },
    sign: (_body, secret) => ({ authorization: 'login' in secret ? `Basic ${btoa(`${secret.login}:${secret.password}`)}` : '' }),
    wrongAccount: { ...created, accountId: 59809 },
    stamped(kind, at) {
      if (kind === 'reservation') return { ...created, data: { ...created.data, updatedOn: asHostawayWrites(at) } };
      const { insertedOn: _inserted, date: _date, ...data } = messageReceived.data;
      return { ...messageReceived, data: { ...data, updatedOn: asHostawayWrites(at), date: at && messageReceived.data.date } };
    },
  },
  token: {
    credentials: { clientId: '59808', clientSecret: 'placeholder-client-secret' },
    answer: fixture('token'),
    grant: { expiresInMs: 15_897_600_000, usableAfterMs: 1_000 },
  },
  probe: {
    accepted: { status: 'success', result: [listing.result] },
    refused: [
      { status: 403, body: { status: 'fail', result: 'access denied' } },
      { status: 401, body: '' },
    ],
  },
  pushes: [
    {
      name: 'nights that are closed',
      commands: [closed('40160', '2030-01-01', '2030-01-03')],
      answers: [{ body: { status: 'success', result: [] }, outcomes: [{ kind: 'accepted' }] }],
    },
    {
      name: 'nights of two listings',
      commands: [closed('40160', '2030-01-01', '2030-01-03'), closed('40161', '2030-01-01', '2030-01-03')],
      answers: [
        { body: { status: 'success' }, outcomes: [{ kind: 'accepted' }] },
        { body: '<html></html>', outcomes: [{ kind: 'unknown' }] },
      ],
    },
    {
      name: 'prices of two spans',
      commands: [price('2030-01-01', '2030-01-03', 9_900), price('2030-02-01', '2030-02-01', 12_050)],
      answers: [{ body: { status: 'success', result: [] }, outcomes: [{ kind: 'accepted' }, { kind: 'accepted' }] }],
    },
    {
      name: 'prices, accepted with less',
      commands: [price('2030-01-01', '2030-01-03', 9_900)],
      answers: [{ body: { status: 'success' }, outcomes: [{ kind: 'accepted' }] }],
    },
    {
      name: 'a message',
      commands: [{ kind: 'message', conversation: '1406', reservation: ids.reservation, body: 'hello guest' }],
      answers: [{ body: fixture('answer-message'), outcomes: [{ kind: 'accepted' }] }],
    },
    {
      name: 'a task that is begun',
      commands: [{ kind: 'task', task: '1', status: 'in-progress' }],
      answers: [{ body: taskAnswer({ status: 'inProgress' }), outcomes: [{ kind: 'accepted' }] }],
    },
    {
      name: 'a task that is left as it is',
      commands: [{ kind: 'task', task: '1', status: 'done' }],
      answers: [{ body: taskAnswer({}), outcomes: [{ kind: 'refused', code: 'forbidden', detail: 'the task is pending' }] }],
    },
  ],
  registry: {
    wanted: {
      url: 'https://api.example.com',
      secret: { login: 'roomwire', password: 'placeholder-one' },
      isOurs: (url) => url.startsWith('https://api.example.com'),
    },
    former: 'https://api.example.com/former',
    none: [{ status: 'success', result: [] }],
    some: [{ ...registered, result: [...registered.result, { ...registered.result[0], id: 3, url: 'https://example.invalid' }] }],
  },
  failures: [
    {
      name: 'a token that is no longer good',
      operation: 'reservation',
      status: 403,
      body: '{"status":"fail","result":"Access denied"}',
      code: 'credential-expired',
    },
    {
      name: 'an expired token',
      operation: 'reservation',
      status: 403,
      body: '{"status":"fail","message":"The token has expired"}',
      code: 'credential-expired',
    },
    { name: 'a 403 without a word', operation: 'reservation', status: 403, body: '', code: 'credential-expired' },
    { name: 'a 401', operation: 'reservation', status: 401, body: '', code: 'credential-expired' },
    {
      name: 'a locked record',
      operation: 'reservation',
      status: 403,
      body: '{"status":"fail","result":"Reservation is locked"}',
      code: 'forbidden',
    },
    {
      name: 'a listing that is archived',
      operation: 'push-calendar',
      status: 400,
      body: '{"status":"fail","result":"Listing is archived"}',
      code: 'forbidden',
    },
    {
      name: 'a listing that is archived, under a success',
      operation: 'push-calendar',
      status: 200,
      body: '{"status":"fail","result":"Listing is archived"}',
      code: 'forbidden',
    },
    { name: 'a refused client secret', operation: 'token', status: 401, body: '', code: 'credential-rejected' },
    {
      name: 'a refused client',
      operation: 'token',
      status: 403,
      body: '{"status":"fail","result":"Access denied"}',
      code: 'credential-rejected',
    },
    {
      name: 'too many calls',
      operation: 'reservation',
      status: 429,
      body: JSON.stringify(fixture('error-rate-limit')),
      code: 'rate-limited',
    },
    {
      name: 'a wrong request',
      operation: 'listing',
      status: 400,
      body: JSON.stringify(fixture('error-fail')),
      code: 'invalid-request',
    },
    {
      name: 'a failure under a success',
      operation: 'listing',
      status: 200,
      body: JSON.stringify(fixture('error-fail')),
      code: 'provider-error',
    },
    { name: 'nothing there', operation: 'calendar', status: 404, body: '', code: 'not-found' },
    { name: 'a failure of its own', operation: 'reservation', status: 502, body: '<html>', code: 'provider-error' },
  ],
};

describeAdapter('hostaway', harness);

describe('a read of hostaway', () => {
  it('is no fact when the envelope says that it failed', () => {
    const body = new TextEncoder().encode(JSON.stringify({ ...reservation, status: 'fail' }));
    const context = readContext(harness, { kind: 'reservation', entities: [ids.reservation] });
    const { tellings, rejects } = pms(hostaway).decode({ tenant: 't1', connection: 'c1', account: null, body, context });

    expect([tellings, rejects.map(({ reason, pointer }) => [reason, pointer])]).toEqual([[], [['unreadable-answer', '/status']]]);
  });

  it('has its token asked for by form', () => {
    const { grantRequest } = hostaway.token as GrantOperations;
    const { path, body } = grantRequest({ clientId: '59808', clientSecret: 'a&b=c' });

    expect([path, body]).toEqual([
      '/v1/accessTokens',
      'grant_type=client_credentials&client_id=59808&client_secret=a%26b%3Dc&scope=general',
    ]);
  });
});

describe('a list of hostaway’s reservations whose last item has gone from it', () => {
  const at = (cursor: string | null) => page('reservations', cursor);
  const end = (cursor: string | null, count: number) =>
    hostaway.listings!.pageEnd(at(cursor), { status: 'success', result: [], count });
  const asked = (cursor: string) => {
    const query = new URL(hostaway.listings!.pageRequest(at(cursor), { account: null }).path, 'http://x').searchParams;
    return [query.get('afterId'), query.get('offset')];
  };

  it('goes on by its place, a little before it, and then after items again', () => {
    expect(end('7:300', 450).next).toBe(':290');
    expect(asked(':290')).toEqual([null, '290']);
    const more = { status: 'success', result: [reservation.result], count: 450 };
    expect(hostaway.listings!.pageEnd(at(':290'), more).next).toBe(`${ids.reservation}:450`);
    expect(asked(`${ids.reservation}:450`)).toEqual([ids.reservation, null]);
  });

  it('ends where all that is counted was read, where nothing is there, and where an older worker wrote the cursor', () => {
    expect([end('7:450', 450).next, end(':440', 450).next, end('7', 450).next, end(null, 0).next]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(asked('7')).toEqual(['7', null]);
  });
});
