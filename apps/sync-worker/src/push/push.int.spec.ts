import { HEADER, pushSubject, type PushOrder } from '@roomwire/events';
import { eventually, type SinkRequest } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { WorkerFleet } from '../testing/worker-fleet.ts';

type Sent = { roomId: number; calendar: [{ from: string; to: string; override?: string; numAvail?: number }] };
const MONEY = { unsaid: { currency: 'EUR' } };

let fleet: WorkerFleet;
/** Every item is taken, but for rooms that are not there. */
const answer = ({ method, path, body }: SinkRequest) => {
  if (method === 'PUT') return { status: 200, body: { status: 'success', result: {} } };
  const items = JSON.parse(body.toString()) as Sent[];
  const isUnknown = ({ roomId }: Sent): boolean => roomId >= 900;
  const no = { success: false, errors: [{ action: 'calendar', field: 'roomId', message: 'room not found' }] };
  if (path.includes('/messages')) return { status: 201, body: items.map(() => ({ success: true, new: { id: 1 } })) };
  return { status: 201, body: items.map((item) => (isUnknown(item) ? no : { success: true, modified: {} })) };
};
const instant = (second: number): string => new Date(Date.UTC(2027, 0, 1, 0, 0, second)).toISOString();

function orderOf(connection: string, what: PushOrder['what'], more: Partial<PushOrder> = {}): PushOrder {
  return {
    ...{ order: `order-${randomUUID()}`, tenant: 't1', provider: 'beds24', connection, lane: 'critical' },
    ...{ at: instant(1), by: 'spec', what },
    ...more,
  };
}
const nights = (unitType: string, from: string, until: string, closed: boolean) => ({
  unitType,
  from,
  until,
  available: null,
  closed,
});
const availability = (...spans: ReturnType<typeof nights>[]): PushOrder['what'] => ({ kind: 'availability', nights: spans });

async function give(...orders: PushOrder[]): Promise<PushOrder[]> {
  await Promise.all(
    orders.map((order) =>
      fleet.bus.publish(pushSubject(order), order, { id: `push:${order.order}`, headers: { [HEADER.receipt]: order.order } }),
    ),
  );
  return orders;
}
const told = async (order: PushOrder): Promise<string | undefined> => (await fleet.outcomesOf(order.order))[0]?.detail;
const deadOf = async ({ order }: PushOrder) => fleet.deadOf(order);
const calls = (): Sent[][] =>
  fleet.provider.requests.filter(({ path }) => path.endsWith('/calendar')).map((request) => request.json() as Sent[]);

beforeAll(async () => {
  fleet = await WorkerFleet.start(1, answer, { POLLING: 'off' });
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe('orders to tell a provider something', () => {
  afterEach(() => {
    fleet.provider.otherwise = answer;
    fleet.provider.requests.length = 0;
  });

  it('share calls, with the nights that follow each other as one, and each has its outcome', async () => {
    const connection = await fleet.connected({ provider: 'beds24', ...MONEY });
    const orders = await give(
      ...['2030-05-01', '2030-05-02', '2030-05-03'].map((night) =>
        orderOf(connection, availability(nights('7', night, night, true))),
      ),
      orderOf(connection, availability(nights('8', '2030-05-01', '2030-05-31', false))),
    );
    await eventually(async () => expect((await Promise.all(orders.map(told))).every(Boolean)).toBe(true), { withinMs: 20_000 });
    // What was published a moment later than the first may be of the next group.
    expect(calls().length).toBeLessThanOrEqual(2);
    const closed = calls().flatMap((items) => items.filter(({ roomId }) => roomId === 7).map(({ calendar: [range] }) => range));
    expect(closed.at(-1)).toMatchObject({ to: '2030-05-03', override: 'blackout' });
    expect(await fleet.stored('WORK_t1', 'pms.t1.push.>')).toEqual([]);
  });

  it('count by when they were given: an earlier one that comes later changes nothing', async () => {
    const connection = await fleet.connected({ provider: 'beds24' });
    const [later] = await give(
      orderOf(connection, availability(nights('7', '2030-05-01', '2030-05-01', true)), { at: instant(9) }),
    );
    await eventually(async () => expect(await told(later!)).toBe('1 told'));
    const [earlier] = await give(orderOf(connection, availability(nights('7', '2030-05-01', '2030-05-01', false))));
    await eventually(async () => expect(await told(earlier!)).toContain('1 of them as others said since'));
    expect(calls()).toHaveLength(1);
  });

  it('are told again only where the provider did not take them, and refusals are dead letters with their reason', async () => {
    const connection = await fleet.connected({ provider: 'beds24' });
    fleet.provider.answer(({ body }) => {
      const items = JSON.parse(body.toString()) as Sent[];
      return { status: 201, body: items.map(({ roomId }) => (roomId === 8 ? {} : { success: true, modified: {} })) };
    });
    const [mixed] = await give(
      orderOf(
        connection,
        availability(nights('7', '2030-05-01', '2030-05-01', true), nights('8', '2030-05-01', '2030-05-01', true)),
      ),
    );
    await eventually(async () => expect(await told(mixed!)).toBe('2 told'), { withinMs: 20_000 });
    expect(calls().map((items) => items.map(({ roomId }) => roomId))).toEqual([[7, 8], [8]]);

    const [refused] = await give(
      orderOf(
        connection,
        availability(nights('7', '2030-06-01', '2030-06-02', true), nights('900', '2030-06-01', '2030-06-02', true)),
      ),
    );
    await eventually(async () => expect(await deadOf(refused!)).toMatchObject([{ reason: 'invalid-request' }]), {
      withinMs: 20_000,
    });
    expect((await deadOf(refused!))[0]!.detail).toContain('2 of 4 nights, the first 2030-06-01');
    expect(calls()).toHaveLength(3);
  }, 45_000);

  it('are found by halves where a whole request is refused for one of them', async () => {
    const connection = await fleet.connected({ provider: 'beds24' });
    const whole = ({ body }: SinkRequest) => {
      const items = JSON.parse(body.toString()) as Sent[];
      if (items.some(({ roomId }) => roomId >= 900)) return { status: 400, body: { success: false, error: 'bad room' } };
      return { status: 201, body: items.map(() => ({ success: true, modified: {} })) };
    };
    fleet.provider.otherwise = whole;
    const spans = ['1', '2', '900', '3'].map((room) => nights(room, '2030-07-01', '2030-07-01', true));
    const [order] = await give(orderOf(connection, availability(...spans)));
    await eventually(async () => expect(await deadOf(order!)).toMatchObject([{ reason: 'invalid-request' }]), {
      withinMs: 20_000,
    });
    const taken = calls().filter((items) => items.every(({ roomId }) => roomId < 900));
    expect(taken.flatMap((items) => items.map(({ roomId }) => roomId)).sort()).toEqual([1, 2, 3]);
  }, 30_000);

  it('are refused for what the provider has no API for, for another’s connection, and where they are none', async () => {
    const connection = await fleet.connected({ provider: 'beds24' });
    const theirs = await fleet.connected({ provider: 'beds24', tenant: 't2' });
    const [status, foreign] = await give(
      orderOf(connection, { kind: 'unit-status', unit: '7', status: 'clean' }),
      orderOf(theirs, availability(nights('7', '2030-05-01', '2030-05-01', true))),
    );
    const wrong = orderOf(connection, availability(nights('7', '2030-05-02', '2030-05-01', true)));
    await give(wrong);
    await eventually(async () => expect(await deadOf(status!)).toMatchObject([{ reason: 'not-pushable' }]));
    await eventually(async () => expect(await deadOf(foreign!)).toMatchObject([{ reason: 'wrong-connection' }]));
    await eventually(async () => expect(await deadOf(wrong)).toMatchObject([{ reason: 'schema', pointer: '/what/nights/0' }]));
    expect(calls()).toEqual([]);
  });
});

describe('a worker that is killed while the provider has its requests', () => {
  const sent = () => fleet.provider.requests.filter(({ path }) => path.includes('/messages'));
  let order: PushOrder;
  let closes: PushOrder;
  let opens: PushOrder;

  beforeAll(async () => {
    const [both, killed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let underWay = 0;
    const killing = async () => {
      if (++underWay === 2) both.resolve();
      await both.promise.then(() => fleet.kill()).then(killed.resolve);
      return { fault: 'cut' } as const;
    };
    fleet.provider.answer(killing, killing);
    const at = await fleet.connected({ provider: 'beds24' });
    [order, closes] = (await give(
      orderOf(await fleet.connected({ provider: 'beds24' }), {
        ...{ kind: 'message', conversation: '5', reservation: '5', body: 'Welcome!' },
      }),
      orderOf(at, availability(nights('7', '2030-05-01', '2030-05-02', true))),
    )) as [PushOrder, PushOrder];
    await killed.promise;
    [opens] = (await give(orderOf(at, availability(nights('7', '2030-05-02', '2030-05-02', false)), { at: instant(2) }))) as [
      PushOrder,
    ];
    fleet.add();
  }, 30_000);

  it('leaves a message that is not sent twice: a person is asked, and may have it sent', async () => {
    await eventually(async () => expect(await deadOf(order)).toMatchObject([{ reason: 'perhaps-sent' }]), { withinMs: 30_000 });
    expect(sent()).toHaveLength(1);
    const redriven = { id: 'rd:spec:1', headers: { [HEADER.receipt]: order.order, [HEADER.replay]: 'spec-1' } };
    await fleet.bus.publish(pushSubject(order), order, redriven);
    await eventually(async () => expect(await told(order)).toBe('1 told'), { withinMs: 40_000 });
    await fleet.bus.publish(pushSubject(order), order, { id: `again:${order.order}` });
    await eventually(async () => expect(await fleet.stored('WORK_t1', 'pms.t1.push.>')).toEqual([]), { withinMs: 30_000 });
    expect(sent()).toHaveLength(2);
  }, 90_000);

  it('leaves nights that are told again, as they are wanted by then', async () => {
    await eventually(async () => expect((await Promise.all([closes, opens].map(told))).every(Boolean)).toBe(true), {
      withinMs: 40_000,
    });
    const last = new Map<string, string>();
    for (const { calendar } of calls().flat())
      for (const { from, to, override } of calendar) for (const night of new Set([from, to])) last.set(night, override!);
    expect(Object.fromEntries(last)).toEqual({ '2030-05-01': 'blackout', '2030-05-02': 'none' });
  }, 60_000);
});
