import {
  connection,
  HEADER,
  outcomeMessage,
  parseAnsweredHint,
  parseHops,
  parseRawContext,
  subjectOf,
  tenant,
  type Connection,
  fetchJob,
  type FetchJob,
  type Tenant,
} from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureConnection,
  ensureFleet,
  ensureTenant,
  KvTable,
  listDeadLetters,
  natsConf,
  passwordVariable,
  USERS,
  type NatsConnection,
  type StoredMessage,
} from '@roomwire/jetstream';
import { StrictCounter } from '@roomwire/rate/testing';
import {
  eventually,
  httpSink,
  natsServer,
  redisServer,
  spawnedSource,
  type HttpSink,
  type NatsServer,
  type RedisServer,
  type Spawned,
} from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { jobOf } from './testing/reading.ts';

const password = (user: string) => `placeholder-of-${user}`;
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let nats: NatsServer;
let redis: RedisServer;
let provider: HttpSink;
let bus: Bus;
let connections: KvTable<Connection>;
let vault: FakeVault;
const open: NatsConnection[] = [];
const workers: Spawned[] = [];

const t1: Tenant = {
  ...{ id: 't1', name: 'One', status: 'active', apiTokenHashes: [] },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};
const found = { status: 200, headers: { date: new Date().toUTCString() }, body: { status: 'success', result: { id: 7 } } };

/** Answers as token-vault does, in the wire format of Nest's transport. */
class FakeVault {
  lease = 1;
  refusal: { code: string } | undefined;
  readonly reports: unknown[] = [];

  constructor(nc: NatsConnection) {
    nc.subscribe('vault.>', {
      callback: (_error, message) => {
        const { id, data } = message.json<{ id: string; data: { lease: number } }>();
        if (message.subject === 'vault.report.sync-worker') {
          this.reports.push(data);
          if (data.lease === this.lease) this.lease++;
        }
        const value = { kind: 'token', accessToken: `token-${this.lease}`, validForMs: 3_600_000, lease: this.lease };
        message.respond(JSON.stringify({ id, response: this.refusal ? { error: this.refusal } : { value }, isDisposed: true }));
      },
    });
  }
}

function start(): Spawned {
  const own = {
    NATS_URL: nats.url,
    NATS_USER: '',
    NATS_PASSWORD: password('sync-worker'),
    REDIS_URL: redis.url,
    PORT: '',
    LOG_LEVEL: 'info',
    EGRESS_ID: 'spec',
  };
  return spawnedSource(join(import.meta.dirname, 'main.ts'), { env: own, name: 'sync-worker' });
}

async function connectAs(service: string): Promise<NatsConnection> {
  const nc = await connectNats({ servers: nats.url, user: service, pass: password(service), service });
  open.push(nc);
  return nc;
}

async function stored(stream: string, filter: string): Promise<StoredMessage[]> {
  const all: StoredMessage[] = [];
  for (;;) {
    const next = await bus.nextOn(stream, filter, (all.at(-1)?.seq ?? 0) + 1);
    if (!next) return all;
    all.push(next);
  }
}
const jsonOf = (message: StoredMessage): unknown => JSON.parse(Buffer.from(message.data).toString());
const outcomesOf = async (receipt: string) =>
  (await stored('LOG_t1', `pms.t1.outcome.${receipt}`)).map((message) => outcomeMessage.parse(jsonOf(message)));
/** The raw messages that were made of a job, found by the receipts that its outcomes name. */
async function rawsOf(receipt: string): Promise<StoredMessage[]> {
  const receipts = new Set((await outcomesOf(receipt)).map(({ detail }) => detail));
  return (await stored('WORK_t1', 'pms.t1.raw.>')).filter((message) => receipts.has(message.header(HEADER.receipt)));
}
const deadOf = async (receipt: string) => {
  const letters = [];
  for await (const letter of listDeadLetters(bus, 't1')) if (letter.receipt === receipt) letters.push(letter);
  return letters;
};

let made = 0;
/** Each job reads an entity of its own, so that specs do not coalesce. */
async function send(more: Partial<FetchJob> = {}): Promise<FetchJob> {
  const job = jobOf({ entity: String(1_000 + ++made), receipt: `hint-${randomUUID()}`, traceparent: TRACEPARENT, ...more });
  const { tenant: of, lane, provider: at, connection: by, kind, entity } = job;
  await bus.publish(subjectOf({ tenant: of, family: 'fetch', lane, provider: at, connection: by, kind, entity }), job, {
    id: `fetch:${job.receipt}:${kind}:${entity}`,
    headers: { [HEADER.receipt]: job.receipt, [HEADER.hops]: 'received=1,stored=2,normalized=3' },
  });
  return job;
}
const callsOf = ({ entity }: FetchJob) => provider.requests.filter(({ path }) => path.startsWith(`/v1/reservations/${entity}?`));

/** A connection with an account of its own, so that no spec uses up another's permits; the address they share has 15 in 10 s. */
async function connected(more: Partial<Connection> = {}): Promise<string> {
  const id = `c-${randomUUID().slice(0, 8)}`;
  await connections.put(id, {
    id,
    tenant: 't1',
    provider: 'hostaway',
    status: 'active',
    account: id,
    baseUrl: provider.url,
    unitsOf: null,
    ...more,
  });
  return id;
}

beforeAll(async () => {
  [nats, redis] = await Promise.all([natsServer({ config: natsConf(), env: passwords }), redisServer()]);
  provider = await httpSink(found);
  vault = new FakeVault(await connectAs('token-vault'));
  const operator = await connectAs('operator');
  bus = new Bus(operator);
  await ensureFleet(operator);
  await ensureTenant(operator, 't1');
  await ensureConnection(operator, 't1', 'hostaway');
  const tenants = await KvTable.open(operator, 'tenants', tenant);
  await tenants.put('t1', t1);
  await tenants.close();
  connections = await KvTable.open(operator, 'connections', connection);
  workers.push(start(), start());
  await Promise.all(workers.map((worker) => worker.line(/"event":"listening"/)));
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await connections.close();
  await Promise.all(open.map((nc) => nc.close()));
  await provider[Symbol.asyncDispose]();
  await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
});

describe('sync-worker', () => {
  it('reads what a job asks for, stores the answer as raw under a receipt of its own, and tells the job’s', async () => {
    const job = await send({ connection: await connected(), modifiedAt: 7 });
    const [outcome] = await eventually(async () => {
      const told = await outcomesOf(job.receipt);
      expect(told).toHaveLength(1);
      return told;
    });
    expect(outcome).toMatchObject({
      stage: 'sync-worker',
      verdict: 'read',
      kind: 'reservation',
      entity: job.entity,
      receipt: job.receipt,
    });
    const [raw] = await rawsOf(job.receipt);
    expect(raw).toMatchObject({ subject: `pms.t1.raw.live.hostaway.${job.connection}` });
    expect(jsonOf(raw!)).toEqual(found.body);
    const context = parseRawContext((name) => raw!.header(name)).data!;
    expect(context).toMatchObject({
      via: 'read',
      receipt: outcome!.detail,
      read: { kind: 'reservation', ids: [job.entity], operation: 'reservation', status: 200 },
    });
    expect(context.via === 'read' && context.read.providerDate).toBe(Date.parse(found.headers.date));
    expect(context.via === 'read' && Math.abs(context.read.observedAt / 1_000 - Date.now())).toBeLessThan(10_000);
    const hops = parseHops(raw!.header(HEADER.hops));
    expect(hops).toMatchObject({ received: 1, normalized: 3 });
    expect(hops['requested']).toBeLessThanOrEqual(hops['answered']!);
    expect(hops['answered']).toBeLessThanOrEqual(hops['stored']!);
    expect(new Date(context.receivedAt).getTime()).toBe(hops['answered']);
    expect(parseAnsweredHint(raw!.header(HEADER.hint))).toEqual({ kind: 'reservation', entity: job.entity, modifiedAt: 7 });
    expect(raw!.header(HEADER.traceparent)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
    expect(callsOf(job)[0]!.headers.authorization).toBe('Bearer token-1');
    expect(await stored('FETCH_t1', 'pms.t1.fetch.>')).toEqual([]);
  });

  it('sends a poll’s answer down the bulk lane', async () => {
    const job = await send({ connection: await connected(), lane: 'poll' });
    await eventually(async () =>
      expect(await rawsOf(job.receipt)).toMatchObject([{ subject: `pms.t1.raw.bulk.hostaway.${job.connection}` }]),
    );
  });

  it('renews a refused token and repeats: one answer, two observations', async () => {
    provider.answer({ status: 403, body: { status: 'fail', result: 'invalid_token' } });
    const job = await send({ connection: await connected() });
    await eventually(async () => expect(await rawsOf(job.receipt)).toHaveLength(1));
    expect(callsOf(job).map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(vault.reports).toEqual([{ tenant: 't1', connection: job.connection, lease: 1, code: 'credential-expired' }]);
  });

  it('asks again before it believes that something is gone', async () => {
    provider.answer({ status: 404, body: { status: 'fail', result: 'no such reservation' } });
    const job = await send({ connection: await connected() });
    const waiting = await eventually(async () => {
      const copies = (await stored('WORK_t1', 'pms.t1.later.>')).map((copy) => fetchJob.parse(jsonOf(copy)));
      expect(copies.map(({ entity, reason }) => [entity, reason])).toContainEqual([job.entity, 'confirm-gone']);
      return copies.find(({ entity }) => entity === job.entity)!;
    });
    expect(await rawsOf(job.receipt)).toEqual([]);
    expect(waiting.hintAt).not.toBe(job.hintAt);
  });

  it('stores a confirmed 404 as an answer, dead-letters what will never work, and retries what may', async () => {
    provider.answer({ status: 404, body: { status: 'fail', result: 'no such reservation' } });
    const gone = await send({ connection: await connected(), reason: 'confirm-gone', hintAt: '2026-01-01T00:00:00.000Z' });
    await eventually(async () => expect(await rawsOf(gone.receipt)).toHaveLength(1));
    const [answer] = await rawsOf(gone.receipt);
    expect(parseRawContext((name) => answer!.header(name)).data).toMatchObject({ read: { status: 404, ids: [gone.entity] } });
    const never = await send({ connection: await connected(), kind: 'rate' });
    await eventually(async () => expect(await deadOf(never.receipt)).toMatchObject([{ reason: 'invalid-request' }]));
    provider.answer({ status: 503 });
    const later = await send({ connection: await connected() });
    await eventually(async () => expect(await rawsOf(later.receipt)).toHaveLength(1), { withinMs: 15_000 });
    expect(callsOf(later)).toHaveLength(2);
  }, 30_000);

  it('parks the jobs of a connection that is not active in a stored copy, and calls nobody', async () => {
    const parked = await connected({ status: 'paused' });
    const job = await send({ connection: parked });
    await eventually(async () =>
      expect((await stored('WORK_t1', 'pms.t1.later.>')).map((copy) => fetchJob.parse(jsonOf(copy)).entity)).toContain(
        job.entity,
      ),
    );
    expect(callsOf(job)).toEqual([]);
    expect(await outcomesOf(job.receipt)).toEqual([]);
  });

  it('does not read another tenant’s connection, whatever a job says', async () => {
    const theirs = await connected({ tenant: 't2' });
    const job = await send({ connection: theirs });
    await eventually(async () => expect(await deadOf(job.receipt)).toMatchObject([{ reason: 'wrong-connection' }]));
    expect(callsOf(job)).toEqual([]);
  });

  it('reads again within seconds when a worker was killed with the answer on its way', async () => {
    const [by, held] = [await connected(), Promise.withResolvers<void>()];
    provider.answer(async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
      held.resolve();
      return { fault: 'cut' };
    });
    const job = await send({ connection: by });
    await held.promise;
    const killedAt = performance.now();
    workers.splice(0, workers.length, start(), start());
    await eventually(async () => expect(await rawsOf(job.receipt)).toHaveLength(1), { withinMs: 15_000 });
    // Ack wait 4 s, and the slots of the dead call's account and address are not the last ones; its entity's is taken over.
    expect(performance.now() - killedAt).toBeLessThan(8_000);
    expect(callsOf(job)).toHaveLength(2);
  }, 40_000);

  it('calls nobody while Redis is away, and goes on when it is back', async () => {
    const by = await connected();
    await redis.stop();
    const job = await send({ connection: by });
    // Any call would be made within milliseconds; what is waited for is that a worker has had the job and said why not.
    await eventually(() => expect(workers.map((worker) => worker.output()).join()).toMatch(/permits-unavailable|redis/i), {
      withinMs: 15_000,
    });
    expect(callsOf(job)).toEqual([]);
    await redis.start();
    // Redis came back empty: its buckets are lost, and open only when no call of before can count any more.
    await eventually(async () => expect(await rawsOf(job.receipt)).toHaveLength(1), { withinMs: 60_000 });
    expect(callsOf(job)).toHaveLength(1);
  }, 90_000);

  it('never has more calls in any window than the provider allows, from two workers, three connections and two lanes', async () => {
    const counter = new StrictCounter(10_000);
    provider.otherwise = () => (counter.arrived(performance.now()), found);
    const by = await Promise.all([connected(), connected(), connected()]);
    const jobs: FetchJob[] = [];
    for (let n = 0; n < 27; n++) jobs.push(await send({ connection: by[n % 3]!, lane: n % 4 === 0 ? 'poll' : 'live' }));
    await eventually(
      async () => expect((await Promise.all(jobs.map(({ receipt }) => outcomesOf(receipt)))).flat()).toHaveLength(27),
      { withinMs: 80_000, everyMs: 250 },
    );
    expect(counter.peak).toBeLessThanOrEqual(15);
    expect(counter.peak).toBeGreaterThan(10);
  }, 90_000);

  it('shows no token in a log', () => {
    const output = workers.map((worker) => worker.output()).join();
    expect(output).toContain('fetch-hostaway-live');
    expect(output).not.toMatch(/token-\d/);
  });
});
