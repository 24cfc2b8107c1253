import { HEADER, fetchSubject, type FetchJob } from '@roomwire/events';
import { eventually, type SinkRequest } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { jobOf } from './testing/reading.ts';
import { WorkerFleet } from './testing/worker-fleet.ts';

/** With the calls in vain, and the neighbour's, no more than the address allows in ten seconds. */
const JOBS = 10;
const found = { status: 200, headers: { date: new Date().toUTCString() }, body: { status: 'success', result: { id: 7 } } };
/** By the account's own path. */
const down = new Set<string>();

let fleet: WorkerFleet;
let made = 0;
async function send(connection: string): Promise<FetchJob> {
  const job = jobOf({ connection, entity: String(1_000 + ++made), receipt: `hint-${randomUUID()}` });
  await fleet.bus.publish(fetchSubject(job), job, { id: `fetch:${job.receipt}`, headers: { [HEADER.receipt]: job.receipt } });
  return job;
}
const callsOf = (connection: string) => fleet.provider.requests.filter(({ path }) => path.startsWith(`/${connection}/`)).length;
const connected = async (): Promise<string> => {
  const id = `c-${randomUUID().slice(0, 8)}`;
  return fleet.connected({ id, account: id, baseUrl: `${fleet.provider.url}/${id}` });
};
const read = async (jobs: readonly FetchJob[]) =>
  (await Promise.all(jobs.map(({ receipt }) => fleet.outcomesOf(receipt)))).flat().length;

beforeAll(async () => {
  const answer = ({ path }: SinkRequest) => (down.has(path.split('/')[1]!) ? { status: 503 } : found);
  fleet = await WorkerFleet.start(1, answer, {
    POLLING: 'off',
    BREAKER_FAILURES: '3',
    BREAKER_LEAST_SECONDS: '2',
    BREAKER_MOST_SECONDS: '4',
  });
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe('an account that fails again and again', () => {
  it('is asked a few times, its jobs wait as copies and are no attempts, a neighbour is read as ever, and all run after', async () => {
    const [ill, well] = [await connected(), await connected()];
    down.add(ill);
    const waiting = await Promise.all(Array.from({ length: JOBS }, () => send(ill)));
    await eventually(() => expect(fleet.workers[0]!.output()).toContain('breaker: open'), { withinMs: 20_000 });
    await eventually(async () => expect(await fleet.stored('FETCH_t1', 'pms.t1.fetch.>')).toEqual([]), { withinMs: 20_000 });
    const neighbours = [await send(well), await send(well), await send(well)];
    await eventually(async () => expect(await read(neighbours)).toBe(3), { withinMs: 20_000 });
    expect(await read(waiting)).toBe(0);
    // Four are in hand together, and then one goes at a time.
    expect(callsOf(ill)).toBeLessThan(JOBS);

    down.delete(ill);
    await eventually(async () => expect(await read(waiting)).toBe(JOBS), { withinMs: 60_000 });
    expect(await fleet.stored('DEAD_t1', 'pms.t1.dead.>')).toEqual([]);
    expect(fleet.workers[0]!.output()).toContain('breaker: closed');
  }, 90_000);
});
