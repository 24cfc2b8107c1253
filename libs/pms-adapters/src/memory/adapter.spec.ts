import { facet, type Kind } from '@roomwire/events';
import { pms, type PageJob, type PushCommand } from '@roomwire/pms-port';
import {
  describeAdapter,
  fixturesIn,
  PUSH,
  type AdapterHarness,
  type Fixture,
  type JsonObject,
} from '@roomwire/pms-port/conformance';
import { memory } from './adapter.ts';

type Told = { kind: Kind; id: string; facets: JsonObject };
const entities = fixturesIn(import.meta.dirname)<Told[]>('entities');
const push = (...told: unknown[]) => ({ account: 'a1', entities: told });
const stampable = (kind: Kind) => entities.find((entity) => entity.kind === kind)!;

const both = [stampable('reservation'), { ...stampable('reservation'), id: 'r2' }];
const page = (cursor: string | null): PageJob => ({
  list: 'entities',
  since: null,
  nights: { from: '2029-07-01', until: '2029-07-31' },
  cursor,
});
const nights = { unitType: 'ut1', from: '2029-07-01', until: '2029-07-03' };
const commands: PushCommand[] = [
  { kind: 'availability', ...nights, available: 1, closed: null },
  { kind: 'rate', ...nights, ratePlan: null, price: { amountMinor: 9_900, currency: 'EUR' }, minimumStay: null },
  { kind: 'message', conversation: 'conv1', reservation: 'r1', body: 'Hello' },
  { kind: 'unit-status', unit: 'u1', status: 'clean' },
  { kind: 'task', task: 't1', status: 'done' },
];

const harness: AdapterHarness = {
  adapter: memory,
  account: 'a1',
  fixtures: [
    { name: 'a push of everything', via: 'push', body: push(...entities) },
    { name: 'a push of nothing', via: 'push', body: push() },
    ...entities.map((entity): Fixture => ({
      name: `a read of a ${entity.kind}`,
      via: 'read',
      body: entity,
      job: { kind: entity.kind, entities: [entity.id] },
    })),
    {
      name: 'a read of two reservations',
      via: 'read',
      body: { entities: both },
      job: { kind: 'reservation', entities: ['r1', 'r2'] },
      gone: { entities: [] },
    },
    {
      name: 'a first page',
      via: 'page',
      body: { entities, next: 'r1' },
      job: page(null),
      end: { next: 'r1', items: entities.length },
    },
    { name: 'a last page', via: 'page', body: { entities: both, next: null }, job: page('r1'), end: { next: null, items: 2 } },
  ],
  webhook: {
    secret: { login: 'memory', password: 'placeholder-one' },
    next: { login: 'memory', password: 'placeholder-two' },
    foreign: { login: 'memory', password: 'placeholder-of-another-tenant' },
    sign: (_body, secret) => ({ authorization: 'login' in secret ? `Basic ${btoa(`${secret.login}:${secret.password}`)}` : '' }),
    wrongAccount: { ...push(...entities), account: 'a2' },
    stamped: (kind, modifiedAt) => push({ ...stampable(kind), modifiedAt: modifiedAt?.toISOString() }),
  },
  token: {
    credentials: { login: 'placeholder-login', password: 'placeholder-password' },
    answer: { token: 'placeholder-token', seconds: 60 },
    grant: { expiresInMs: 60_000, usableAfterMs: 0 },
  },
  probe: { accepted: { account: 'a1' }, refused: [{ status: 401, body: '' }] },
  pushes: [
    ...commands.map((command) => ({
      name: `a command of ${command.kind}`,
      commands: [command],
      answers: [{ body: { outcomes: [{ state: 'accepted' }] }, outcomes: [{ kind: 'accepted' as const }] }],
    })),
    {
      name: 'three commands, of which one is refused and one takes its time',
      commands: [commands[4]!, commands[4]!, commands[4]!],
      answers: [
        {
          body: { outcomes: [{ state: 'accepted' }, { state: 'refused', reason: 'locked' }, { state: 'pending', job: 'j1' }] },
          outcomes: [
            { kind: 'accepted' },
            { kind: 'refused', code: 'forbidden', detail: 'locked' },
            { kind: 'pending', job: 'j1' },
          ],
        },
      ],
    },
  ],
  registry: {
    wanted: {
      url: 'https://roomwire.invalid/v1/webhooks/memory/c1',
      secret: { login: 'memory', password: 'placeholder-one' },
      isOurs: (url) => url.startsWith('https://roomwire.invalid/'),
    },
    former: 'https://roomwire.invalid/v1/webhooks/memory/c0',
    none: [{ webhooks: [] }],
    some: [
      {
        webhooks: [
          { id: 'w1', url: 'https://roomwire.invalid/v1/webhooks/memory/c1', enabled: true },
          { id: 'w2', url: 'https://example.invalid/', enabled: false },
        ],
      },
    ],
  },
  usages: [
    {
      headers: { 'memory-cost': '1.5', 'memory-remaining': '98', 'memory-resets-in': '12' },
      usage: { cost: 1.5, remaining: 98, resetsInMs: 12_000 },
    },
  ],
  failures: [
    { name: 'an expired token', operation: 'read-unit', status: 401, body: '', code: 'credential-expired' },
    { name: 'a refused login', operation: 'token', status: 401, body: '', code: 'credential-rejected' },
    { name: 'a refusal', operation: 'read-unit', status: 403, body: '', code: 'forbidden' },
    { name: 'nothing there', operation: 'read-unit', status: 404, body: '', code: 'not-found' },
    { name: 'a wrong request', operation: 'read-unit', status: 422, body: '', code: 'invalid-request' },
    { name: 'too many calls', operation: 'read-unit', status: 429, body: '', code: 'rate-limited' },
    { name: 'a failure of its own', operation: 'read-unit', status: 503, body: '', code: 'provider-error' },
  ],
};

describeAdapter('memory', harness);

describe('the memory adapter', () => {
  it('tells the good ones of many, and points at the bad', () => {
    const good = { ...stampable('unit'), modifiedAt: '2029-12-31T23:59:58Z' };
    const body = push(good, { ...good, facets: { core: { property: 'p1', unitType: null } } }, { ...good, kind: 'castle' });
    const raw = {
      tenant: 't1',
      connection: 'c1',
      account: 'a1',
      body: new TextEncoder().encode(JSON.stringify(body)),
      context: PUSH,
    };

    const { tellings, rejects } = pms(memory).decode(raw);

    const stamp = { epoch: 0, modifiedAt: Date.parse(good.modifiedAt) * 1000, rank: 0 as const, observedAt: 0, mapping: 1 };
    expect(tellings).toEqual([
      { kind: 'unit', connection: 'c1', entity: 'u1', facets: { core: facet(good.facets['core'], stamp) } },
    ]);
    expect(rejects.map(({ reason, pointer }) => [reason, pointer])).toEqual([
      ['schema', '/entities/1/facets/core/name'],
      ['schema', '/entities/2/kind'],
    ]);
  });
});
