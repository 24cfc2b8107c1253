import { HEADER, fetchJob, parseAnsweredHints, parseHops, parseRawContext, subjectOf, type FetchJob } from '@roomwire/events';
import { eventually } from '@roomwire/testkit';
import { StrictCounter } from '@roomwire/rate/testing';
import { randomUUID } from 'node:crypto';
import { jobOf } from './testing/reading.ts';
import { jsonOf, WorkerFleet } from './testing/worker-fleet.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const found = { status: 200, headers: { date: new Date().toUTCString() }, body: { status: 'success', result: { id: 7 } } };

let fleet: WorkerFleet;
let made = 0;
/** From the first spec to the last but some: they have to wait for a while. */
const parked: FetchJob[] = [];
/** Each job reads an entity of its own, so that specs do not coalesce. */
async function send(more: Partial<FetchJob> = {}): Promise<FetchJob> {
  const job = jobOf({ entity: String(1_000 + ++made), receipt: `hint-${randomUUID()}`, traceparent: TRACEPARENT, ...more });
  const { tenant: of, lane, provider: at, connection: by, kind, entity } = job;
  await fleet.bus.publish(subjectOf({ tenant: of, family: 'fetch', lane, provider: at, connection: by, kind, entity }), job, {
    id: `fetch:${job.receipt}:${kind}:${entity}`,
    headers: { [HEADER.receipt]: job.receipt, [HEADER.hops]: 'received=1,stored=2,normalized=3' },
  });
  return job;
}
const callsOf = ({ entity }: FetchJob) =>
  fleet.provider.requests.filter(({ path }) => path.startsWith(`/v1/reservations/${entity}?`));

beforeAll(async () => {
  fleet = await WorkerFleet.start(2, found, { POLLING: 'off' });
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe('sync-worker', () => {
  it('parks the jobs of a connection that is not active in stored copies, and calls nobody', async () => {
    fleet.vault.refusal = { code: 'lapsed' };
    const of = [await fleet.connected({ status: 'lapsed' }), await fleet.connected({ status: 'paused' })];
    for (const connection of [of[0]!, ...of]) parked.push(await send({ connection }));
    await eventually(
      async () => {
        const copies = (await fleet.stored('WORK_t1', 'pms.t1.later.>')).map((copy) => fetchJob.parse(jsonOf(copy)).receipt);
        expect(copies).toEqual(expect.arrayContaining(parked.map(({ receipt }) => receipt)));
      },
      { withinMs: 20_000 },
    );
    fleet.vault.refusal = undefined;
    expect(parked.flatMap(callsOf)).toEqual([]);
    expect((await Promise.all(parked.map(({ receipt }) => fleet.outcomesOf(receipt)))).flat()).toEqual([]);
  });

  it('reads what a job asks for, stores the answer as raw under a receipt of its own, and tells the job’s', async () => {
    const job = await send({ connection: await fleet.connected(), modifiedAt: 7 });
    const [outcome] = await eventually(async () => {
      const told = await fleet.outcomesOf(job.receipt);
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
    const [raw] = await fleet.rawsOf(job.receipt);
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
    expect(parseAnsweredHints(raw!.header(HEADER.hint))).toEqual([{ kind: 'reservation', entity: job.entity, modifiedAt: 7 }]);
    expect(raw!.header(HEADER.traceparent)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
    expect(callsOf(job)[0]!.headers.authorization).toBe('Bearer token-1');
    expect(await fleet.stored('FETCH_t1', 'pms.t1.fetch.>')).toEqual([]);
  });

  it('sends a poll’s answer down the bulk lane', async () => {
    const job = await send({ connection: await fleet.connected(), lane: 'poll' });
    await eventually(async () =>
      expect(await fleet.rawsOf(job.receipt)).toMatchObject([{ subject: `pms.t1.raw.bulk.hostaway.${job.connection}` }]),
    );
  });

  it('renews a refused token and repeats: one answer, two observations', async () => {
    fleet.provider.answer({ status: 403, body: { status: 'fail', result: 'invalid_token' } });
    const job = await send({ connection: await fleet.connected() });
    await eventually(async () => expect(await fleet.rawsOf(job.receipt)).toHaveLength(1));
    expect(callsOf(job).map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(fleet.vault.reports).toEqual([{ tenant: 't1', connection: job.connection, lease: 1, code: 'credential-expired' }]);
  });

  it('asks again before it believes that something is gone', async () => {
    fleet.provider.answer({ status: 404, body: { status: 'fail', result: 'no such reservation' } });
    const job = await send({ connection: await fleet.connected() });
    const waiting = await eventually(async () => {
      const copies = (await fleet.stored('WORK_t1', 'pms.t1.later.>')).map((copy) => fetchJob.parse(jsonOf(copy)));
      expect(copies.map(({ entity, reason }) => [entity, reason])).toContainEqual([job.entity, 'confirm-gone']);
      return copies.find(({ entity }) => entity === job.entity)!;
    });
    expect(await fleet.rawsOf(job.receipt)).toEqual([]);
    expect(waiting.hintAt).not.toBe(job.hintAt);
  });

  it('asks again before it believes an empty list, of a provider who has no other word for gone', async () => {
    const account = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
    const connection = await fleet.connected({ provider: 'mews', account });
    const empty = { status: 200, body: { Reservations: [], Cursor: null } };
    fleet.provider.answer(empty);
    const job = await send({ connection, provider: 'mews', entity: randomUUID() });
    await eventually(async () => {
      const copies = (await fleet.stored('WORK_t1', 'pms.t1.later.>')).map((copy) => fetchJob.parse(jsonOf(copy)));
      expect(copies.map(({ entity, reason }) => [entity, reason])).toContainEqual([job.entity, 'confirm-gone']);
    });
    expect(await fleet.rawsOf(job.receipt)).toEqual([]);

    fleet.provider.answer(empty);
    const again = { reason: 'confirm-gone', hintAt: '2026-01-01T00:00:00.000Z' } as const;
    const second = await send({ connection, provider: 'mews', entity: randomUUID(), ...again });
    await eventually(async () => expect(await fleet.rawsOf(second.receipt)).toHaveLength(1));
  });

  it('stores a confirmed 404 as an answer, dead-letters what will never work, and retries what may', async () => {
    fleet.provider.answer({ status: 404, body: { status: 'fail', result: 'no such reservation' } });
    const gone = await send({ connection: await fleet.connected(), reason: 'confirm-gone', hintAt: '2026-01-01T00:00:00.000Z' });
    await eventually(async () => expect(await fleet.rawsOf(gone.receipt)).toHaveLength(1));
    const [answer] = await fleet.rawsOf(gone.receipt);
    expect(parseRawContext((name) => answer!.header(name)).data).toMatchObject({ read: { status: 404, ids: [gone.entity] } });
    const never = await send({ connection: await fleet.connected(), kind: 'rate' });
    await eventually(async () => expect(await fleet.deadOf(never.receipt)).toMatchObject([{ reason: 'invalid-request' }]));
    fleet.provider.answer({ status: 503 });
    const later = await send({ connection: await fleet.connected() });
    await eventually(async () => expect(await fleet.rawsOf(later.receipt)).toHaveLength(1), { withinMs: 15_000 });
    expect(callsOf(later)).toHaveLength(2);
  }, 30_000);

  it('does not read another tenant’s connection, whatever a job says', async () => {
    const theirs = await fleet.connected({ tenant: 't2' });
    const job = await send({ connection: theirs });
    await eventually(async () => expect(await fleet.deadOf(job.receipt)).toMatchObject([{ reason: 'wrong-connection' }]));
    expect(callsOf(job)).toEqual([]);
  });

  it('never has more calls in any window than the provider allows, from two workers, three connections and two lanes', async () => {
    // Of an account of Cloudbeds'; the others' windows are rate's lab.
    const counter = new StrictCounter(1_000);
    fleet.provider.otherwise = () => (counter.arrived(performance.now()), { status: 200, body: { success: true, data: {} } });
    const shared = { provider: 'cloudbeds', account: 'house-of-three' } as const;
    const by = await Promise.all([fleet.connected(shared), fleet.connected(shared), fleet.connected(shared)]);
    const jobs: FetchJob[] = [];
    for (let n = 0; n < 20; n++)
      jobs.push(
        await send({ provider: 'cloudbeds', kind: 'unit-type', connection: by[n % 3]!, lane: n % 4 === 0 ? 'poll' : 'live' }),
      );
    await eventually(
      async () => expect((await Promise.all(jobs.map(({ receipt }) => fleet.outcomesOf(receipt)))).flat()).toHaveLength(20),
      { withinMs: 80_000, everyMs: 250 },
    );
    fleet.provider.otherwise = found;
    expect(counter.peak).toBeLessThanOrEqual(5);
    expect(counter.peak).toBeGreaterThan(3);
  }, 90_000);

  it('takes up again what it has parked for a connection, when that is active again and not a minute later', async () => {
    for (const id of new Set(parked.map(({ connection }) => connection)))
      await fleet.connections.put(id, { ...(await fleet.connections.fromLeader(id))!, status: 'active' });
    // By themselves they would look again a minute after they were parked; what is parked stays so for 5 s.
    const raws = async () => (await Promise.all(parked.map(({ receipt }) => fleet.rawsOf(receipt)))).map(({ length }) => length);
    await eventually(async () => expect(await raws()).toEqual([1, 1, 1]), { withinMs: 35_000 });
  }, 60_000);

  it('shows no token in a log', () => {
    const output = fleet.workers.map((worker) => worker.output()).join();
    expect(output).toContain('fetch-hostaway-live');
    expect(output).not.toMatch(/token-\d/);
  });
});
