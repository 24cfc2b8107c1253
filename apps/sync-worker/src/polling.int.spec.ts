import { type Drain, drain, parseRawContext, type RawContext } from '@roomwire/events';
import { KvTable, type StoredMessage } from '@roomwire/jetstream';
import { eventually, type SinkAnswer, type SinkRequest } from '@roomwire/testkit';
import { jsonOf, WorkerFleet } from './testing/worker-fleet.ts';

const DAY_MS = 86_400_000;
const PAGE = 3;

/** Reservations as Hostaway lists them, a page after an id at a time. */
class Account {
  readonly items: { id: number; guestName: string; updatedOn: string }[] = [];
  /** What happens with the next pages; each used once. */
  readonly faults: ((request: SinkRequest) => SinkAnswer | Promise<SinkAnswer>)[] = [];

  add(count: number): void {
    for (let n = 0; n < count; n++)
      this.items.push({ id: this.items.length + 1, guestName: 'Guest', updatedOn: '2027-01-01 10:00:00' });
  }

  answer(request: SinkRequest): SinkAnswer | Promise<SinkAnswer> {
    const url = new URL(request.path, 'http://provider');
    if (url.pathname !== '/v1/reservations') return page([], 0);
    // Nothing has changed lately.
    if (url.searchParams.has('latestActivityStart')) return page([], 0);
    const fault = this.faults.shift();
    if (fault) return fault(request);
    const after = Number(url.searchParams.get('afterId') ?? 0);
    const rest = this.items.filter(({ id }) => id > after);
    return page(rest.slice(0, PAGE), this.items.length);
  }
}

const page = (result: unknown[], count: number): SinkAnswer => ({
  headers: { date: new Date().toUTCString() },
  body: { status: 'success', result, count, limit: PAGE },
});

let fleet: WorkerFleet;
let drains: KvTable<Drain>;
const accounts = new Map<string, Account>();

/** A connection whose account is at an address of its own: `/<id>/v1/…`. */
async function connectedTo(account: Account): Promise<string> {
  const id = `c-${crypto.randomUUID().slice(0, 8)}`;
  accounts.set(id, account);
  await fleet.connections.put(id, {
    ...{ id, tenant: 't1', provider: 'hostaway', status: 'active', account: id, baseUrl: `${fleet.provider.url}/${id}` },
    unitsOf: null,
  });
  return id;
}
const callsOf = (id: string, query = '') =>
  fleet.provider.requests.filter(({ path }) => path.startsWith(`/${id}/v1/reservations?`) && path.includes(query));
const drainOf = async (id: string, lane: Drain['lane'], list = 'reservations') =>
  (await drains.entryFromLeader(`page.${id}.${list}.${lane}`))?.value;
const ended = async (id: string, lane: Drain['lane'], rounds = 1) => {
  const held = await drainOf(id, lane);
  expect(held).toMatchObject({ round: null, last: { problem: null } });
  expect(callsOf(id).length).toBeGreaterThanOrEqual(rounds);
  return held!;
};

type Page = { message: StoredMessage; context: Extract<RawContext, { via: 'read' }>; ids: number[] };
async function pagesOf(id: string): Promise<Page[]> {
  const raws = await fleet.stored('WORK_t1', `pms.t1.raw.bulk.hostaway.${id}`);
  return raws.flatMap((message) => {
    const context = parseRawContext((name) => message.header(name)).data!;
    if (context.via !== 'read' || context.read.kind !== 'reservation') return [];
    const { result } = jsonOf(message) as { result: { id: number }[] };
    return [{ message, context, ids: result.map((item) => item.id) }];
  });
}

beforeAll(async () => {
  // Comparing begins once all is read, and asks for the same pages.
  const settings = { POLL_LEAST_SECONDS: '1', POLL_MOST_SECONDS: '2', RECONCILING: 'off' };
  fleet = await WorkerFleet.start(2, () => page([], 0), settings);
  fleet.provider.otherwise = (request) => {
    const [, id = '', ...rest] = request.path.split('/');
    return accounts.get(id)!.answer({ ...request, path: `/${rest.join('/')}` });
  };
  drains = await KvTable.open(fleet.operator, 'sync', drain, { filter: 'page.>' });
});
afterAll(async () => {
  await drains.close();
  await fleet[Symbol.asyncDispose]();
});

describe('polling', () => {
  it('reads everything once, page by page, though every worker is killed in one, and then again and again what was changed', async () => {
    const account = new Account();
    account.add(7);
    const reached = Promise.withResolvers<void>();
    account.faults.push(
      () => page(account.items.slice(0, PAGE), 7),
      async () => {
        await fleet.kill();
        reached.resolve();
        return { fault: 'cut' };
      },
    );
    const id = await connectedTo(account);
    await reached.promise;
    fleet.add();
    fleet.add();
    await eventually(() => ended(id, 'backfill'), { withinMs: 90_000 });
    const poll = await eventually(() => ended(id, 'poll'), { withinMs: 90_000 });

    // The page that the kill cut off is asked for twice, and no other.
    const everything = callsOf(id, 'departureStartDate=').map(({ path }) =>
      new URL(path, 'http://x').searchParams.get('afterId'),
    );
    expect(everything).toEqual([null, '3', '3', '6', '7']);
    const since = new URL(callsOf(id, 'latestActivityStart=')[0]!.path, 'http://x').searchParams.get('latestActivityStart')!;
    expect(Date.parse(since)).toBeLessThan(Date.now() - DAY_MS);
    expect(poll.since!).toBeLessThan(Date.now());
    const pages = await pagesOf(id);
    expect(new Set(pages.flatMap(({ ids }) => ids))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(pages.every(({ context }) => context.read.ids === undefined && context.read.operation === 'list-reservations')).toBe(
      true,
    );
    expect((await drainOf(id, 'backfill'))!.dueAt).toBeNull();
    expect((await drainOf(id, 'backfill'))!.last).toMatchObject({ pages: 4, items: 7 });
    const before = callsOf(id, 'latestActivityStart=').length;
    await eventually(() => expect(callsOf(id, 'latestActivityStart=').length).toBeGreaterThan(before), { withinMs: 60_000 });
    expect(callsOf(id, 'departureStartDate=')).toHaveLength(5);
  }, 300_000);
});
