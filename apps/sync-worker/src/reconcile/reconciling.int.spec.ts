import {
  drain,
  drainKey,
  parseRawContext,
  reconciling,
  reconcilingKey,
  recordChangeOf,
  subjectOf,
  type Drain,
  type ReadContext,
  type Reconciling,
} from '@roomwire/events';
import { KvTable } from '@roomwire/jetstream';
import { hostaway } from '@roomwire/pms-adapters';
import { pms } from '@roomwire/pms-port';
import { eventually, type SinkAnswer, type SinkRequest } from '@roomwire/testkit';
import { dayIn } from '../testing/days.ts';
import { drainOf } from '../testing/drain.ts';
import { jsonOf, WorkerFleet } from '../testing/worker-fleet.ts';

const PAGE = 2;
const LISTS = ['reservations', 'listings', 'tasks'];
const YESTERDAY = Date.now() - 86_400_000;
type Item = Record<string, unknown> & { id: number };

/** A stay that is to come, as Hostaway lists it. */
const item = (id: number, departsIn = 9): Item => ({
  ...{ id, listingMapId: 1, channelName: 'direct', status: 'new', isDatesUnspecified: 0 },
  ...{
    arrivalDate: dayIn(5),
    departureDate: dayIn(departsIn),
    updatedOn: new Date(YESTERDAY).toISOString().slice(0, 19).replace('T', ' '),
  },
});

/** Reservations a page after an id at a time, and by id; of the other lists nothing. */
class Account {
  items: Item[] = [];
  /** What happens with the next page; each used once. */
  readonly faults: (() => SinkAnswer | Promise<SinkAnswer>)[] = [];

  answer(request: SinkRequest): SinkAnswer | Promise<SinkAnswer> {
    const url = new URL(request.path, 'http://provider');
    const one = /^\/v1\/reservations\/(\d+)$/.exec(url.pathname)?.[1];
    if (one !== undefined) {
      const found = this.items.find(({ id }) => id === Number(one));
      return found ? answered(found) : { status: 404, body: { status: 'fail', message: 'not found' } };
    }
    if (url.pathname !== '/v1/reservations') return answered([]);
    const fault = this.faults.shift();
    if (fault) return fault();
    const after = Number(url.searchParams.get('afterId') ?? 0);
    return answered(this.items.filter(({ id }) => id > after).slice(0, PAGE));
  }
}

const answered = (result: unknown): SinkAnswer => ({
  headers: { date: new Date().toUTCString() },
  body: { status: 'success', result },
});

let fleet: WorkerFleet;
let drains: KvTable<Drain>;
let reconcilings: KvTable<Reconciling>;
const accounts = new Map<string, Account>();

/** What Roomwire would have of these items, had a read told them yesterday; announced as the registry does. */
async function announce(id: string, items: readonly Item[]): Promise<void> {
  const read: ReadContext = {
    ...{ kind: 'reservation', operation: 'list-reservations', status: 200 },
    ...{ observedAt: YESTERDAY * 1_000 + 1, providerDate: YESTERDAY },
  };
  const receivedAt = new Date(YESTERDAY).toISOString();
  const { tellings } = pms(hostaway).decode({
    ...{ tenant: 't1', account: id, connection: id, body: Buffer.from(JSON.stringify(answered(items).body)) },
    context: { via: 'read', receipt: 'read-yesterday', receivedAt, read },
  });
  expect(tellings).toHaveLength(items.length);
  for (const record of tellings) {
    const cause = { tenant: 't1', provider: 'hostaway', lane: 'bulk', receivedAt } as const;
    const change = recordChangeOf(record, 1, { property: null, units: [] }, cause, { confirmed: false });
    const subject = subjectOf({ tenant: 't1', family: 'change', kind: record.kind, scope: id, entity: record.entity });
    await fleet.bus.publish(subject, change, { id: change.id });
  }
}

/** A connection at an address of its own, all of whose lists have been read once. */
async function connectedTo(account: Account): Promise<string> {
  const id = `c-${crypto.randomUUID().slice(0, 8)}`;
  accounts.set(id, account);
  const last = { endedAt: Date.now(), pages: 1, items: 1, problem: null, mark: { newest: 0, rest: '0' } };
  for (const list of LISTS) {
    const held = drainOf({ connection: id, list, lane: list === 'reservations' ? 'backfill' : 'poll', dueAt: null, last });
    await drains.put(drainKey(held), held);
  }
  await announce(id, account.items);
  return id;
}
const begin = (id: string) => fleet.connected({ id, baseUrl: `${fleet.provider.url}/${id}` });
const ended = async (id: string) => {
  const held = (await reconcilings.entryFromLeader(reconcilingKey(id)))?.value;
  expect(held).toMatchObject({ pass: null, last: { startedAt: expect.any(Number) as unknown } });
  return held!;
};
const callsOf = (id: string, path: string) =>
  fleet.provider.requests.flatMap((request) => (request.path.startsWith(`/${id}${path}`) ? [request.path] : []));
const cursorsOf = (id: string) =>
  callsOf(id, '/v1/reservations?').map((path) => new URL(path, 'http://x').searchParams.get('afterId'));
async function rawsOf(id: string) {
  const raws = await fleet.stored('WORK_t1', `pms.t1.raw.bulk.hostaway.${id}`);
  return raws.map((message) => {
    const context = parseRawContext((name) => message.header(name)).data!;
    return context.via === 'read' ? { ...context.read, body: jsonOf(message) as { result: Item[] } } : undefined;
  });
}

beforeAll(async () => {
  const settings = { POLLING: 'off', RECONCILE_SHARE: '0.5', RECONCILE_FOUND_MINUTES: '60' };
  fleet = await WorkerFleet.start(2, () => answered([]), settings);
  fleet.provider.otherwise = (request) => {
    const [, id = '', ...rest] = request.path.split('/');
    return accounts.get(id)!.answer({ ...request, path: `/${rest.join('/')}` });
  };
  drains = await KvTable.open(fleet.operator, 'sync', drain, { filter: 'page.>' });
  reconcilings = await KvTable.open(fleet.operator, 'sync', reconciling, { filter: 'reconcile.*' });
}, 120_000);
afterAll(async () => {
  await Promise.all([drains.close(), reconcilings.close()]);
  await fleet[Symbol.asyncDispose]();
});

describe('what a provider lists, beside what is known', () => {
  it('stores nothing where both are the same, and asks for each page once, whoever takes the steps', async () => {
    const account = new Account();
    account.items = [item(1), item(2), item(3)];
    const id = await begin(await connectedTo(account));
    const { last, open, calls } = await eventually(() => ended(id), { withinMs: 90_000 });

    expect([last!.found, open]).toEqual([{ missing: 0, changed: 0, older: 0, unlisted: 0 }, []]);
    expect([cursorsOf(id), calls]).toEqual([[null, '2', '3'], 5]);
    expect(await rawsOf(id)).toEqual([]);
  }, 150_000);

  it('stores a page that differs, asks for what it misses by its id, and believes nobody gone but a read by id', async () => {
    const account = new Account();
    account.items = [item(1), item(2), item(3), item(4), item(5)];
    const id = await connectedTo(account);
    // 2 was changed, 3 is away from the list and there, 5 is away; 6 is new.
    const [first, , hidden, fourth] = account.items as [Item, Item, Item, Item];
    account.items = [first, item(2, 8), fourth, item(6)];
    const answer = account.answer.bind(account);
    account.answer = (request) => (request.path.startsWith('/v1/reservations/3') ? answered(hidden) : answer(request));
    await begin(id);
    const { last, open } = await eventually(
      async () => {
        const held = await ended(id);
        expect(held.open.filter(({ why, askedAt }) => why !== 'changed' && askedAt === null)).toEqual([]);
        expect(callsOf(id, '/v1/reservations/5')).toHaveLength(2);
        return held;
      },
      { withinMs: 90_000 },
    );

    expect(last!.found).toEqual({ missing: 1, changed: 1, older: 0, unlisted: 2 });
    expect(Object.fromEntries(open.map(({ entity, why }) => [entity, why]))).toEqual({
      ...{ 2: 'changed', 3: 'unlisted', 5: 'unlisted', 6: 'missing' },
    });
    const raws = await eventually(
      async () => {
        const all = await rawsOf(id);
        expect(all).toHaveLength(5);
        return all;
      },
      { withinMs: 30_000 },
    );
    const pages = raws.filter((raw) => !raw?.ids).map((raw) => raw!.body.result.map((each) => each.id));
    expect(pages).toEqual([
      [1, 2],
      [4, 6],
    ]);
    expect(raws.flatMap((raw) => (raw?.ids ? [[...raw.ids, raw.status]] : [])).sort()).toEqual([
      ['3', 200],
      ['5', 404],
      ['6', 200],
    ]);
  }, 150_000);

  it('goes on at the page where every worker was killed', async () => {
    const account = new Account();
    account.items = [item(1), item(2), item(3)];
    const id = await connectedTo(account);
    const reached = Promise.withResolvers<void>();
    account.faults.push(
      () => answered(account.items.slice(0, PAGE)),
      async () => {
        await fleet.kill();
        reached.resolve();
        return { fault: 'cut' };
      },
    );
    await begin(id);
    await reached.promise;
    fleet.add();
    fleet.add();
    const { last } = await eventually(() => ended(id), { withinMs: 120_000 });

    expect(cursorsOf(id)).toEqual([null, '2', '2', '3']);
    expect(last).toMatchObject({ items: 3, found: { missing: 0, unlisted: 0 } });
  }, 180_000);
});
