import { HEADER, fetchSubject, type FetchJob } from '@roomwire/events';
import { eventually, type SinkRequest } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { jobOf } from './testing/reading.ts';
import { WorkerFleet } from './testing/worker-fleet.ts';

const BURST = 100;
const answered = { status: 200, headers: { date: new Date().toUTCString() }, body: { status: 'success', result: { id: 7 } } };

let fleet: WorkerFleet;
/** Of one and the same change, as somebody would tell it again. */
async function hint(connection: string, entity: string, hintAt = new Date().toISOString()): Promise<FetchJob> {
  const job = jobOf({ connection, entity, hintAt, receipt: `hint-${randomUUID()}` });
  const id = `fetch:${job.receipt}:${job.kind}:${entity}`;
  await fleet.bus.publish(fetchSubject(job), job, { id, headers: { [HEADER.receipt]: job.receipt } });
  return job;
}
const callsOf = (entity: string): SinkRequest[] =>
  fleet.provider.requests.filter(({ path }) => path.startsWith(`/v1/reservations/${entity}?`));
/** Neither in the stream, nor in anybody's hands. */
const nothingWaits = async (): Promise<void> => {
  const { consumers } = await fleet.bus.jsm();
  expect(await consumers.info('FETCH_t1', 'fetch-hostaway-live')).toMatchObject({ num_pending: 0, num_ack_pending: 0 });
  expect(await fleet.stored('WORK_t1', 'pms.t1.later.>')).toEqual([]);
};

beforeAll(async () => {
  fleet = await WorkerFleet.start(2, answered, { POLLING: 'off' });
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe('hints of one entity', () => {
  it('are two changes and two reads where they come a minute apart, however alike', async () => {
    const [connection, entity] = [await fleet.connected(), '501'];
    const first = await hint(connection, entity, '2027-01-11T12:00:00.000Z');
    await eventually(async () => expect(await fleet.outcomesOf(first.receipt)).toHaveLength(1), { withinMs: 20_000 });
    const second = await hint(connection, entity, '2027-01-11T12:01:00.000Z');
    await eventually(async () => expect(await fleet.outcomesOf(second.receipt)).toHaveLength(1), { withinMs: 20_000 });
    expect(callsOf(entity)).toHaveLength(2);
  });

  it('are two reads at most where a hundred come at once: the one under way, and one that began after the last of them', async () => {
    const [connection, entity] = [await fleet.connected(), '502'];
    const [underWay, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    fleet.provider.answer(async () => {
      underWay.resolve();
      await told.promise;
      return answered;
    });
    const first = await hint(connection, entity);
    await underWay.promise;
    const burst: FetchJob[] = [];
    for (let n = 1; n < BURST; n++) burst.push(await hint(connection, entity));
    told.resolve();
    await eventually(async () => expect(await fleet.outcomesOf(burst.at(-1)!.receipt)).toHaveLength(1), { withinMs: 20_000 });
    await eventually(nothingWaits, { withinMs: 20_000 });
    expect(callsOf(entity)).toHaveLength(2);
    expect(await fleet.outcomesOf(first.receipt)).toHaveLength(1);
  }, 30_000);
});
