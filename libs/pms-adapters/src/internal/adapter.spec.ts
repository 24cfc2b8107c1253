import { facet } from '@roomwire/events';
import { pms } from '@roomwire/pms-port';
import { describeAdapter, fixturesIn, NOW, PUSH, type AdapterHarness, type JsonObject } from '@roomwire/pms-port/conformance';
import { internal } from './adapter.ts';
import { signature, TOLERANCE_MS } from './signature.ts';

const webhook = fixturesIn(import.meta.dirname)<{ facts: JsonObject[] }>('webhook');
const [unitStatus, task, ticket] = webhook.facts as [JsonObject, JsonObject, JsonObject];
const placeholder = (text: string) => ({ key: `whsec_${btoa(text)}` });
const secret = placeholder('placeholder of twenty-four bytes');

function sign(body: Uint8Array, key: string, at: number): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': signature(key, 'msg_1', timestamp, body) };
}

const harness: AdapterHarness = {
  adapter: internal,
  account: null,
  fixtures: [
    { name: 'facts', via: 'push', body: webhook },
    { name: 'no facts', via: 'push', body: { facts: [] } },
  ],
  webhook: {
    secret,
    next: placeholder('placeholder that comes after it'),
    foreign: placeholder('placeholder of another tenant'),
    sign: (body, by, now) => sign(body, 'key' in by ? by.key : '', now),
    stamped(kind, modifiedAt) {
      const fact = webhook.facts.find((each) => each['kind'] === kind);
      return { facts: [{ ...fact, modifiedAt: modifiedAt?.toISOString() }] };
    },
  },
  absentMeansNull: ['by', 'unit', 'due', 'from', 'until'],
  failures: [],
};

describeAdapter('internal', harness);

const decode = (...facts: JsonObject[]) =>
  pms(internal).decode({
    tenant: 't1',
    connection: 'c1',
    account: null,
    body: new TextEncoder().encode(JSON.stringify({ facts })),
    context: PUSH,
  });

describe('facts of our own', () => {
  it('are told as they are', () => {
    const at = (text: string) => ({ epoch: 0, modifiedAt: Date.parse(text) * 1000, rank: 0 as const, observedAt: 0, mapping: 1 });

    expect(decode(unitStatus, task, ticket).tellings).toEqual([
      {
        kind: 'unit-status',
        connection: 'c1',
        entity: 'status-101',
        facets: { core: facet({ unit: '101', status: 'clean', by: 'Housekeeper Example' }, at('2029-06-01T10:00:00.250Z')) },
      },
      {
        kind: 'task',
        connection: 'c1',
        entity: 'task-7',
        facets: {
          core: facet(
            { unit: '101', type: 'cleaning', status: 'open', title: 'Clean 101', due: '2029-06-01T14:00:00+02:00' },
            at('2029-06-01T10:00:01Z'),
          ),
        },
      },
      {
        kind: 'ticket',
        connection: 'c1',
        entity: 'ticket-3',
        facets: {
          core: facet(
            { unit: '102', title: 'Boiler leaks', status: 'open', outOfOrder: true, from: '2029-06-01', until: '2029-06-03' },
            at('2029-06-01T10:00:02Z'),
          ),
        },
      },
    ]);
  });

  it('without their optional keys have null there', () => {
    const { by: _by, ...bare } = unitStatus;

    expect(decode(bare).tellings[0]?.facets['core']?.content).toEqual({ unit: '101', status: 'clean', by: null });
  });

  it('go on beside a bad one, which is pointed at', () => {
    const { tellings, rejects } = decode(
      unitStatus,
      task,
      ticket,
      { ...unitStatus, status: 'sparkling' },
      { ...unitStatus, id: 'x'.repeat(129) },
    );

    expect(tellings.length).toBe(3);
    expect(rejects.map(({ reason, pointer }) => [reason, pointer])).toEqual([
      ['schema', '/facts/3/status'],
      ['id-too-long', '/facts/4/id'],
    ]);
  });

  it('from the future, or of no time, are dead letters, since nothing can be read', () => {
    const future = new Date(NOW + 600_000).toISOString();

    expect(decode({ ...unitStatus, modifiedAt: future }).rejects).toEqual([expect.objectContaining({ reason: 'future-stamp' })]);
    expect(decode({ ...unitStatus, modifiedAt: 'today' }).rejects).toEqual([
      expect.objectContaining({ reason: 'schema', pointer: '/facts/0/modifiedAt' }),
    ]);
  });
});

describe('a signature', () => {
  const body = new TextEncoder().encode(JSON.stringify(webhook));
  const admit = (headers: Record<string, string>, bytes = body) =>
    pms(internal).admit({ headers, query: {}, body: bytes }, [secret], NOW).kind;

  // The vector of the Standard Webhooks documents, so that our own signing does not prove itself.
  it('is that of Standard Webhooks', () => {
    const text = new TextEncoder().encode('{"test": 2432232314}');

    expect(signature('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', text)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('holds for five minutes, both ways', () => {
    for (const away of [-TOLERANCE_MS, 0, TOLERANCE_MS]) expect(admit(sign(body, secret.key, NOW + away))).toBe('genuine');
    for (const away of [-TOLERANCE_MS - 1_000, TOLERANCE_MS + 1_000])
      expect(admit(sign(body, secret.key, NOW + away))).toBe('forged');
    for (const timestamp of ['', 'soon', '-1', '1e3', '9'.repeat(400)])
      expect(admit({ ...sign(body, secret.key, NOW), 'webhook-timestamp': timestamp })).toBe('forged');
  });

  it('is one of several, of which others may be unknown', () => {
    const headers = sign(body, secret.key, NOW);

    expect(admit({ ...headers, 'webhook-signature': `v1a,abc v1,abc ${headers['webhook-signature']}` })).toBe('genuine');
    expect(admit({ ...headers, 'webhook-signature': 'v1,abc v2,def' })).toBe('forged');
  });

  it('is of these bytes and this id', () => {
    const headers = sign(body, secret.key, NOW);

    expect(admit(headers, new TextEncoder().encode(`${JSON.stringify(webhook)} `))).toBe('forged');
    expect(admit({ ...headers, 'webhook-id': 'msg_2' })).toBe('forged');
  });
});
