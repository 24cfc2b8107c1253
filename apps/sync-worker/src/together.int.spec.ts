import { HEADER, isGone, parseAnsweredHints, parseRawContext, subjectOf, type FetchJob } from '@roomwire/events';
import { mews } from '@roomwire/pms-adapters';
import { pms } from '@roomwire/pms-port';
import { eventually, type SinkRequest } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { jobOf } from './testing/reading.ts';
import { WorkerFleet } from './testing/worker-fleet.ts';

const ACCOUNT = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const MANY = 50;
const gone = new Set<string>();

const idsOf = ({ body }: SinkRequest): string[] => (JSON.parse(body.toString()) as { ResourceIds: string[] }).ResourceIds;
/** Every resource that is asked for, but for those that are gone. */
const resources = (request: SinkRequest) => ({
  status: 200,
  headers: { date: new Date().toUTCString() },
  body: {
    Resources: idsOf(request)
      .filter((id) => !gone.has(id))
      .map((Id) => ({ Id, Name: Id, IsActive: true, State: 'Clean', EnterpriseId: ACCOUNT, UpdatedUtc: '2027-01-01T00:00:00Z' })),
    Cursor: null,
  },
});

let fleet: WorkerFleet;
beforeAll(async () => {
  fleet = await WorkerFleet.start(1, resources, { POLLING: 'off' });
});
afterAll(() => fleet[Symbol.asyncDispose]());
afterEach(() => {
  fleet.provider.requests.length = 0;
});

/** Hints of one connection, all at once. */
async function send(connection: string, count = MANY): Promise<FetchJob[]> {
  const jobs = Array.from({ length: count }, () =>
    jobOf({ provider: 'mews', connection, kind: 'unit-status', entity: randomUUID(), receipt: `hint-${randomUUID()}` }),
  );
  await Promise.all(
    jobs.map((job) => {
      const { tenant, lane, provider, kind, entity, receipt } = job;
      return fleet.bus.publish(subjectOf({ tenant, family: 'fetch', lane, provider, connection, kind, entity }), job, {
        id: `fetch:${receipt}`,
        headers: { [HEADER.receipt]: receipt },
      });
    }),
  );
  return jobs;
}

const toldOf = async (jobs: readonly FetchJob[]) =>
  (await Promise.all(jobs.map(({ receipt }) => fleet.outcomesOf(receipt)))).flat();
const rawsOf = (connection: string) => fleet.stored('WORK_t1', `pms.t1.raw.live.mews.${connection}`);

describe('jobs that one call can read', () => {
  it('are read by a few calls, each with an outcome of its own, and each answer is stored once with its ids and hints', async () => {
    const connection = await fleet.connected({ provider: 'mews', account: ACCOUNT });
    const jobs = await send(connection);
    await eventually(async () => expect(await toldOf(jobs)).toHaveLength(MANY), { withinMs: 25_000 });

    const calls = fleet.provider.requests.map(idsOf);
    expect(calls.flat().sort()).toEqual(jobs.map(({ entity }) => entity).sort());
    // A burst that is published one by one may begin with a few of them.
    expect(calls.length).toBeLessThanOrEqual(8);
    const raws = await rawsOf(connection);
    expect(raws).toHaveLength(calls.length);
    const read = raws.flatMap((raw) => {
      const context = parseRawContext((name) => raw.header(name)).data!;
      const ids = context.via === 'read' ? context.read.ids! : [];
      expect(parseAnsweredHints(raw.header(HEADER.hint)).map(({ entity }) => entity)).toEqual(ids);
      return ids;
    });
    expect(read.sort()).toEqual(calls.flat().sort());
    const receipts = new Set(raws.map((raw) => raw.header(HEADER.receipt)));
    for (const { detail } of await toldOf(jobs)) expect(receipts).toContain(detail);
    expect(await fleet.stored('FETCH_t1', 'pms.t1.fetch.>')).toEqual([]);
  }, 40_000);

  it('are told of, but for the one that is gone for the first time: that is asked for again', async () => {
    const connection = await fleet.connected({ provider: 'mews', account: ACCOUNT });
    fleet.provider.answer((request) => {
      gone.add(idsOf(request)[0]!);
      return resources(request);
    });
    const jobs = await send(connection);
    await eventually(async () => expect(await toldOf(jobs)).toHaveLength(MANY - 1), { withinMs: 25_000 });
    const told = (await rawsOf(connection)).flatMap((raw) => {
      const context = parseRawContext((name) => raw.header(name)).data!;
      const named = { tenant: 't1', connection, account: ACCOUNT };
      return pms(mews).decode({ ...named, body: raw.data, context }).tellings;
    });
    const rooms = told.filter(({ kind }) => kind === 'unit-status');
    expect(rooms.map(({ entity }) => entity)).not.toContain([...gone][0]);
    expect([rooms.length, rooms.filter(isGone)]).toEqual([MANY - 1, []]);
  }, 40_000);
});
