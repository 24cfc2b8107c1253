import {
  connection,
  eventMessage,
  fetchJob,
  HEADER,
  headersOfRaw,
  outcomeMessage,
  parseHops,
  tenant,
  type Connection,
  type Lane,
  type RawContext,
  type Tenant,
} from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureFleet,
  ensureTenant,
  KvTable,
  listDeadLetters,
  natsConf,
  type DeadLetter,
  type NatsConnection,
  type StoredMessage,
} from '@roomwire/jetstream';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer, type Spawned } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { normalizer, password, passwords } from './testing/spawned.ts';

let nats: NatsServer;
let redis: RedisServer;
let operator: NatsConnection;
let bus: Bus;
let connections: KvTable<Connection>;
let running: Spawned;

const t1: Tenant = {
  id: 't1',
  name: 'One',
  status: 'active',
  apiTokenHashes: [],
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};
const account: Connection = {
  id: 'c1',
  tenant: 't1',
  provider: 'memory',
  status: 'active',
  account: 'a1',
  baseUrl: null,
  unitsOf: null,
};

beforeAll(async () => {
  [nats, redis] = await Promise.all([natsServer({ config: natsConf(), env: passwords }), redisServer()]);
  operator = await connectNats({ servers: nats.url, user: 'operator', pass: password('operator'), service: 'operator' });
  bus = new Bus(operator);
  await ensureFleet(operator);
  await Promise.all([ensureTenant(operator, 't1'), ensureTenant(operator, 't2')]);
  const tenants = await KvTable.open(operator, 'tenants', tenant);
  await tenants.put('t1', t1);
  await tenants.put('t2', { ...t1, id: 't2' });
  await tenants.close();
  connections = await KvTable.open(operator, 'connections', connection);
  await connections.put('c1', account);
  running = normalizer(nats, redis);
  await running.line(/"event":"listening"/);
});
afterAll(async () => {
  await running.kill();
  await connections.close();
  await operator.close();
  await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
});

type Sent = {
  tenant?: string;
  connection?: string;
  provider?: string;
  lane?: Lane;
  headers?: Record<string, string>;
  id?: string;
};
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
/** What the registry is to know of the hints behind a read: of each event its own. */
const hintOf = (entity: string) => `{"kind":"unit","entity":"${entity}"}`;

const HINTS = `[${['u-1', 'u-2', 'u-0'].map(hintOf).join()}]`;
/** A raw message as the gateway stores it; answers its receipt. */
async function send(
  body: unknown,
  { tenant = 't1', connection = 'c1', provider = 'memory', lane = 'live', headers, id }: Sent = {},
): Promise<string> {
  const receipt = randomUUID();
  const context: RawContext = { via: 'push', receipt, receivedAt: new Date().toISOString() };
  const way = { [HEADER.hops]: 'received=1,stored=2', [HEADER.traceparent]: TRACEPARENT, [HEADER.hint]: HINTS };
  const ours = { ...headersOfRaw(context), ...way };
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  await bus.publish({ tenant, family: 'raw', lane, provider, connection }, bytes, {
    id: id ?? `raw:${receipt}`,
    headers: headers ?? ours,
  });
  return receipt;
}

async function listed(stream: string, filter: string): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  for (let seq = 1; ; seq = found.at(-1)!.seq + 1) {
    const next = await bus.nextOn(stream, filter, seq);
    if (!next) return found;
    found.push(next);
  }
}
const jsonOf = (message: StoredMessage): unknown => JSON.parse(Buffer.from(message.data).toString());
const outcomes = async (receipt: string) =>
  (await listed('LOG_t1', `pms.t1.outcome.${receipt}`)).map((message) => outcomeMessage.parse(jsonOf(message)));
const eventsOf = async (receipt: string, tenant = 't1') =>
  (await listed(`WORK_${tenant}`, `pms.${tenant}.event.>`)).filter((message) => message.header(HEADER.receipt) === receipt);

async function deadOf(receipt: string, tenant = 't1'): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for await (const letter of listDeadLetters(bus, tenant)) if (letter.receipt === receipt) found.push(letter);
  return found;
}

let counted = 0;
const unit = (more: object = {}) => ({
  kind: 'unit',
  id: `u-${++counted}`,
  modifiedAt: new Date().toISOString(),
  facets: { core: { property: 'p1', unitType: null, name: 'Sea' } },
  ...more,
});
const push = (...entities: unknown[]) => ({ account: 'a1', entities });

describe('a raw message', () => {
  it.each(['live', 'bulk'] as const)('becomes an event of its entity, in lane %s', async (lane) => {
    const entity = unit();

    const receipt = await send(push(entity), { lane });

    const [message] = await eventually(async () => {
      const found = await eventsOf(receipt);
      expect(found).toHaveLength(1);
      return found;
    });
    const event = eventMessage.parse(jsonOf(message!));
    expect(message!.subject).toBe(`pms.t1.event.${lane}.booking.p1`);
    expect(event).toMatchObject({
      tenant: 't1',
      provider: 'memory',
      receipt,
      lane,
      traceparent: TRACEPARENT,
      data: { kind: 'unit', entity: entity.id, connection: 'c1' },
    });
    expect([message!.header('Nats-Msg-Id'), message!.header(HEADER.traceparent)]).toEqual([`ev:${event.id}`, TRACEPARENT]);
    expect(message!.header(HEADER.receivedAt)).toBe(event.receivedat);
    expect(message!.header(HEADER.hint)).toBe(hintOf(entity.id));
    expect(parseHops(message!.header(HEADER.hops))).toEqual({ received: 1, stored: 2, normalized: expect.any(Number) as number });
  });

  it('of a connection that was reset is told under its epoch', async () => {
    await connections.put('c-reset', { ...account, id: 'c-reset', epoch: 3 });

    const receipt = await send(push(unit()), { connection: 'c-reset' });

    await eventually(async () => {
      const [message] = await eventsOf(receipt);
      expect(message && jsonOf(message)).toMatchObject({ data: { facets: { core: { version: { epoch: 3 } } } } });
    });
  });

  it('is told with what the connection says for its provider', async () => {
    const unsaid = { timeZone: 'Europe/Berlin', currency: 'EUR' };
    await connections.put('c-unsaid', { ...account, id: 'c-unsaid', provider: 'smoobu', account: null, unsaid });
    const stay = { arrival: '2026-08-10', departure: '2026-08-13', apartment: { id: 38 }, channel: null };
    const data = { id: 292, type: 'reservation', ...stay, 'is-blocked-booking': false, modifiedAt: '2026-08-02 13:45' };

    const receipt = await send({ action: 'updateReservation', data }, { connection: 'c-unsaid', provider: 'smoobu' });

    const modifiedAt = Date.parse('2026-08-02T11:45:00Z') * 1000;
    await eventually(async () => {
      const [message] = await eventsOf(receipt);
      expect(message && jsonOf(message)).toMatchObject({
        data: { entity: '292', facets: { core: { version: { modifiedAt } } } },
      });
    });
  });

  it('that hints becomes a job for a read, and an outcome', async () => {
    // Without its clock a push is a hint.
    const { modifiedAt: _without, ...hinted } = unit();

    const receipt = await send(push(hinted));

    await eventually(async () =>
      expect(await outcomes(receipt)).toMatchObject([
        { verdict: 'hinted', kind: 'unit', entity: hinted.id, stage: 'normalizer' },
      ]),
    );
    const [job] = await listed('FETCH_t1', `pms.t1.fetch.live.memory.c1.unit.${hinted.id}`);
    expect(fetchJob.parse(jsonOf(job!))).toMatchObject({
      tenant: 't1',
      connection: 'c1',
      kind: 'unit',
      entity: hinted.id,
      lane: 'live',
      reason: 'hint',
      receipt,
    });
  });

  it('lets its good parts go on, and makes each bad one a dead letter with the whole of it', async () => {
    const body = push(unit(), { ...unit(), kind: 'castle' }, unit(), { nothing: 'of use' });

    const receipt = await send(body);

    await eventually(async () => expect(await eventsOf(receipt)).toHaveLength(2));
    const dead = await eventually(async () => {
      const found = await deadOf(receipt);
      expect(found).toHaveLength(2);
      return found;
    });
    expect(dead.map(({ stage, reason, pointer, provider }) => [stage, reason, pointer, provider])).toEqual(
      expect.arrayContaining([['normalizer-live', 'schema', '/entities/1/kind', 'memory'], ['normalizer-live', 'schema', expect.stringMatching(/^\/entities\/3/), 'memory']]) as unknown, // prettier-ignore
    );
    expect(JSON.parse(Buffer.from(dead[0]!.data).toString())).toEqual(body);
    await eventually(async () =>
      expect((await outcomes(receipt)).map(({ verdict }) => verdict)).toEqual(['rejected', 'rejected']),
    );
  });

  it('of which nothing is good is one dead letter', async () => {
    const receipts = [await send('not JSON'), await send(push({ ...unit(), kind: 'castle' }, { ...unit(), kind: 'tent' }))];

    await eventually(async () =>
      expect((await deadOf(receipts[0]!)).map(({ reason, pointer }) => [reason, pointer])).toEqual([['not-json', '']]),
    );
    await eventually(async () =>
      expect((await deadOf(receipts[1]!)).map(({ reason, pointer }) => [reason, pointer])).toEqual([['schema', '']]),
    );
    expect(await eventsOf(receipts[1]!)).toEqual([]);
  });

  it('that says nothing is ignored, with an outcome', async () => {
    const receipt = await send(push());

    await eventually(async () => expect(await outcomes(receipt)).toMatchObject([{ verdict: 'ignored', detail: 'no entities' }]));
    expect(await deadOf(receipt)).toEqual([]);
  });

  it('that repeats another is told once, and says so of its receipt', async () => {
    const body = push(unit());
    const first = await send(body);
    await eventually(async () => expect(await eventsOf(first)).toHaveLength(1));

    const second = await send(body);

    await eventually(async () => expect(await outcomes(second)).toMatchObject([{ verdict: 'duplicate', kind: 'unit' }]));
    expect(await eventsOf(second)).toEqual([]);
  });

  it.each<[string, Sent]>([
    ['unknown-connection', { connection: 'nobody' }],
    ['unknown-connection', { connection: '*' }],
    ['wrong-tenant', { tenant: 't2' }],
    ['wrong-provider', { provider: 'hostaway' }],
  ])('is a dead letter %s for %j', async (reason, sent) => {
    const receipt = await send(push(unit()), sent);

    const tenant = sent.tenant ?? 't1';
    await eventually(async () => expect((await deadOf(receipt, tenant)).map((letter) => letter.reason)).toEqual([reason]));
    expect(await eventsOf(receipt, tenant)).toEqual([]);
  });

  it('without its headers is a dead letter', async () => {
    await send(push(unit()), { headers: { [HEADER.via]: 'push' } });

    await eventually(async () => expect((await deadOf('')).map(({ reason }) => reason)).toContain('bad-headers'));
  });

  it('of a connection made a moment ago is understood', async () => {
    await connections.put('c-new', { ...account, id: 'c-new' });

    const receipt = await send(push(unit()), { connection: 'c-new' });

    await eventually(async () => expect(await eventsOf(receipt)).toHaveLength(1));
  });

  it('leaves nothing behind, a line and figures', async () => {
    await eventually(async () => expect(await listed('WORK_t1', 'pms.t1.raw.>')).toEqual([]));

    await running.line(
      /"receipt":"[0-9a-f-]{36}".*"trace_id":"0af7651916cd43dd8448eb211c80319c","connection":"c1","provider":"memory","events":2,"jobs":0,"dead":2/,
    );
    const url = (await running.line(/"url":"([^"]+)"/))[1]!;
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
      /roomwire_normalized_total\{provider="memory",part="event"\} \d+/,
    );
  });
});

describe('the normalizer', () => {
  it('loses nothing when it is killed in the middle', async () => {
    const receipts = await Promise.all(Array.from({ length: 40 }, () => send(push(unit()))));

    await running.kill();
    running = normalizer(nats, redis);

    await eventually(async () => {
      const told = new Set((await listed('WORK_t1', 'pms.t1.event.>')).map((message) => message.header(HEADER.receipt)));
      expect(receipts.filter((receipt) => !told.has(receipt))).toEqual([]);
      expect(await listed('WORK_t1', 'pms.t1.raw.>')).toEqual([]);
    }, { withinMs: 20_000 }); // prettier-ignore
  });

  it('drains and exits 0', async () => {
    await using other = normalizer(nats, redis, { ROOMWIRE_FAULT_DELAY_MS: '50' });
    await other.line(/"event":"listening"/);

    expect((await other.stop()).code).toBe(0);
  });

  it('holds each message up by the test knob', async () => {
    await running.kill();
    running = normalizer(nats, redis, { ROOMWIRE_FAULT_DELAY_MS: '300' });
    await running.line(/"event":"listening"/);
    const sent = Date.now();

    const receipt = await send(push(unit()));

    const [event] = await eventually(async () => {
      const found = await eventsOf(receipt);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(parseHops(event!.header(HEADER.hops))['normalized']! - sent).toBeGreaterThanOrEqual(299);
  });
});
