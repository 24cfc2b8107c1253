import { pms } from '@roomwire/pms-port';
import { describeAdapter, fixturesIn, NOW, type AdapterHarness, type JsonObject } from '@roomwire/pms-port/conformance';
import { mews } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
const account = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const general = { ...fixture('webhook-general'), EnterpriseId: account };
const reservations = fixture<{ Reservations: JsonObject[]; Cursor: string }>('answer-reservations');
const resources = {
  ...fixture<{ Resources: JsonObject[] }>('answer-resources'),
  ResourceCategoryAssignments: fixture<{ ResourceCategoryAssignments: JsonObject[] }>('answer-resource-category-assignments')
    .ResourceCategoryAssignments,
};
const blocks = fixture<{ ResourceBlocks: JsonObject[] }>('answer-resource-blocks');
const enterprises = fixture('answer-enterprises');
const tasks = fixture('answer-tasks');

const ids = {
  reservation: '0f515589-99b4-423d-b83a-b237009f0509',
  other: '9b59b50d-bd32-4ce5-add8-09ea0e1300e7',
  resources: resources.Resources.map(({ Id }) => Id as string),
  block: '7f8e9d0c-1b2a-3c4d-5e6f-7a8b9c0d1e2f',
  task: 'b166fc93-c75a-438f-93b8-ab1e00a031ae',
  thread: '7f9325f6-ef44-4911-89a8-ae51010a5aa4',
};
const room = ids.resources[0]!;
const oneOf = (list: 'Resources' | 'ResourceBlocks', item: JsonObject) => ({ [list]: [item], Cursor: null });
const noResource = { Resources: [], ResourceCategoryAssignments: null, Cursor: null };
const nights = { from: '2023-04-01', until: '2023-05-01' };
const whole = { since: null, nights, cursor: null };

const harness: AdapterHarness = {
  adapter: mews,
  account,
  unsaid: { timeZone: 'Europe/Budapest' },
  fixtures: [
    { name: 'a general webhook', via: 'push', body: general },
    { name: 'an integration webhook', via: 'push', body: fixture('webhook-integration-created') },
    { name: 'another access token', via: 'push', body: fixture('webhook-integration-api-key') },
    { name: 'a message of the socket', via: 'push', body: fixture('socket-message') },
    {
      name: 'a reservation',
      via: 'read',
      body: reservations,
      job: { kind: 'reservation', entities: [ids.reservation] },
      gone: { Reservations: [], Cursor: null },
    },
    {
      name: 'two reservations',
      via: 'read',
      body: { ...reservations, Reservations: [reservations.Reservations[0], { ...reservations.Reservations[0], Id: ids.other }] },
      job: { kind: 'reservation', entities: [ids.reservation, ids.other] },
      gone: { Reservations: [], Cursor: null },
    },
    {
      name: 'doors',
      via: 'read',
      body: resources,
      job: { kind: 'unit', entities: ids.resources },
      gone: noResource,
    },
    {
      name: 'states of doors',
      via: 'read',
      body: resources,
      job: { kind: 'unit-status', entities: ids.resources },
      gone: noResource,
    },
    {
      name: 'a ticket that is a door’s state',
      via: 'read',
      body: { ...oneOf('Resources', { ...resources.Resources[0], State: 'OutOfOrder' }), ResourceCategoryAssignments: [] },
      job: { kind: 'ticket', entities: [`state/${room}`] },
      gone: noResource,
    },
    {
      name: 'a ticket that is a block',
      via: 'read',
      body: oneOf('ResourceBlocks', blocks.ResourceBlocks[0]!),
      job: { kind: 'ticket', entities: [ids.block] },
      gone: { ResourceBlocks: [], Cursor: null },
    },
    {
      name: 'the enterprise',
      via: 'read',
      body: enterprises,
      job: { kind: 'property', entities: [account] },
      gone: { Enterprises: [], Cursor: null },
    },
    { name: 'a task', via: 'read', body: tasks, job: { kind: 'task', entities: [ids.task] }, gone: { Tasks: [] } },
    {
      name: 'a page of reservations',
      via: 'page',
      body: reservations,
      job: { ...whole, list: 'reservations' },
      end: { next: null, items: 1 },
    },
    {
      name: 'a page of reservations of a long time',
      via: 'page',
      body: reservations,
      job: { ...whole, list: 'reservations', nights: { ...nights, until: '2023-12-01' } },
      end: { next: '1687824000000.', items: 1 },
    },
    {
      name: 'a page of doors',
      via: 'page',
      body: resources,
      job: { ...whole, list: 'resources' },
      end: { next: null, items: 3 },
    },
    {
      name: 'a page of blocks',
      via: 'page',
      body: blocks,
      job: { ...whole, list: 'resource-blocks' },
      end: { next: null, items: 3 },
    },
    { name: 'a page of tasks', via: 'page', body: tasks, job: { ...whole, list: 'tasks' }, end: { next: null, items: 1 } },
    {
      name: 'a page of enterprises',
      via: 'page',
      body: enterprises,
      job: { ...whole, list: 'enterprises' },
      end: { next: null, items: 1 },
    },
  ],
  webhook: {
    secret: { key: 'placeholder-token-one' },
    next: { key: 'placeholder-token-two' },
    foreign: { key: 'placeholder-token-of-another-tenant' },
    sign: (_body, secret) => ({ Token: 'key' in secret ? secret.key : '' }),
    wrongAccount: fixture('webhook-general'),
    stamped: () => general,
  },
  token: {
    credentials: { clientToken: 'placeholder-client-token', accessToken: 'placeholder-access-token' },
    fields: { ClientToken: 'placeholder-client-token', AccessToken: 'placeholder-access-token' },
  },
  probe: {
    accepted: { NowUtc: '2030-01-01T00:00:00Z', Enterprise: { Id: account } },
    refused: [{ status: 401, body: { Message: 'Invalid AccessToken.' } }],
  },
  pushes: [
    {
      name: 'states of doors',
      commands: [
        { kind: 'unit-status', unit: room, status: 'clean' },
        { kind: 'unit-status', unit: ids.resources[1]!, status: 'inspected' },
      ],
      answers: [{ body: {}, outcomes: [{ kind: 'accepted' }, { kind: 'accepted' }] }],
    },
    {
      name: 'a task that is done',
      commands: [{ kind: 'task', task: ids.task, status: 'done' }],
      answers: [{ body: {}, outcomes: [{ kind: 'accepted' }] }],
    },
    {
      name: 'messages, of which one was sent',
      commands: [
        { kind: 'message', conversation: ids.thread, reservation: null, body: 'Text of the message' },
        { kind: 'message', conversation: ids.thread, reservation: null, body: 'Another' },
      ],
      answers: [{ body: fixture('answer-message-sent'), outcomes: [{ kind: 'accepted' }, { kind: 'unknown' }] }],
    },
  ],
  failures: [
    {
      name: 'a token that is not accepted',
      operation: 'reservations',
      status: 401,
      body: JSON.stringify(fixture('error-unauthorised')),
      code: 'credential-expired',
    },
    { name: 'a business rule', operation: 'push-task', status: 403, body: '{"Message":"Closed."}', code: 'forbidden' },
    { name: 'too heavy a request', operation: 'reservations', status: 408, body: '', code: 'timeout' },
    { name: 'data that has changed', operation: 'push-task', status: 409, body: '', code: 'provider-error' },
    { name: 'an address that is none', operation: 'reservations', status: 404, body: '', code: 'invalid-request' },
    { name: 'a wrong request', operation: 'tasks', status: 400, body: '{"Message":"Invalid JSON."}', code: 'invalid-request' },
    { name: 'too many calls', operation: 'resources', status: 429, body: '', code: 'rate-limited' },
    { name: 'a failure of its own', operation: 'resources', status: 502, body: '<html>', code: 'provider-error' },
  ],
};

describeAdapter('mews', harness);

describe('an integration webhook of mews', () => {
  const keptOf = (told: unknown) => {
    const body = new TextEncoder().encode(JSON.stringify(told));
    const admission = pms(mews).admit({ headers: {}, query: { Token: 'one' }, body }, [{ key: 'one' }], NOW);
    return new TextDecoder().decode((admission as { body: Uint8Array }).body);
  };

  it.each(['webhook-integration-created', 'webhook-integration-api-key'])('leaves no token behind: %s', (name) => {
    expect(keptOf(fixture(name))).toContain('c8bee838-7fb1-4f4e-8fac-ac87008b2f90');
    expect(keptOf(fixture(name))).not.toMatch(/placeholder|Somebody|someone@/);
  });

  it('of a form that nobody knows leaves nothing', () => {
    expect(keptOf({ Kind: 'IntegrationApiKeyRotated', Payload: { Key: ['placeholder-token'] } })).toBe('{"Data":{}}');
  });
});

describe('a push to mews', () => {
  it('is refused where Mews has no word for it', () => {
    for (const command of [
      { kind: 'unit-status', unit: room, status: 'cleaning' },
      { kind: 'unit-status', unit: '101', status: 'clean' },
      { kind: 'task', task: ids.task, status: 'open' },
    ] as const)
      expect(() => pms(mews).pushRequests([command], { account })).toThrow('invalid-request');
  });

  it('is of a hundred tasks at most', () => {
    const commands = Array.from({ length: 101 }, () => ({ kind: 'task', task: ids.task, status: 'done' }) as const);

    expect(
      pms(mews)
        .pushRequests(commands, { account })
        .map(({ carries }) => carries.length),
    ).toEqual([100, 1]);
  });
});

describe('the socket of mews', () => {
  it.each([
    ['https://api.mews.com', 'wss://ws.mews.com'],
    ['https://api.mews-demo.com/', 'wss://ws.mews-demo.com'],
    ['http://127.0.0.1:4010', 'ws://127.0.0.1:4010'],
    ['https://api.proxy.example', 'wss://api.proxy.example'],
  ])('is beside the API: %s, %s', (api, socket) => {
    expect(mews.socket!.baseUrlOf(api)).toBe(socket);
  });

  it('is opened by cookies', () => {
    const fields = { ClientToken: 'placeholder-client', AccessToken: 'placeholder-access' };

    expect(mews.socket!.open({ kind: 'fields', fields })).toEqual({
      path: '/ws/connector',
      headers: { cookie: 'ClientToken=placeholder-client; AccessToken=placeholder-access' },
    });
  });
});
