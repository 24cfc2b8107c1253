import { pms, type PushCommand } from '@roomwire/pms-port';
import { hostaway } from './adapter.ts';

const account = { account: '59808', unsaid: { currency: 'USD' } };
const plans = (...commands: PushCommand[]) => pms(hostaway).pushRequests(commands, account);
const sent = (...commands: PushCommand[]): unknown[] => plans(...commands).map(({ body }) => JSON.parse(body!) as unknown);

type Nights = { from?: string; until?: string };
const nights = ({ from = '2030-01-01', until = '2030-01-03' }: Nights) => ({ unitType: '40160', from, until });
const availability = (available: number | null, closed: boolean | null, span: Nights = {}): PushCommand => ({
  ...{ kind: 'availability', ...nights(span), available, closed },
});
const rate = (
  amountMinor: number,
  minimumStay: number | null = null,
  currency = 'USD',
  ratePlan: string | null = null,
): PushCommand => ({
  ...{ kind: 'rate', ...nights({}), ratePlan, price: { amountMinor, currency }, minimumStay },
});
const span = { startDate: '2030-01-01', endDate: '2030-01-03' };

describe('a push to hostaway', () => {
  it('says what is to be had in the words of one unit and of several', () => {
    expect(sent(availability(null, true))).toEqual([[{ ...span, isAvailable: 0, desiredUnitsToSell: 0 }]]);
    expect(sent(availability(3, true))).toEqual([[{ ...span, isAvailable: 0, desiredUnitsToSell: 0 }]]);
    expect(sent(availability(3, null))).toEqual([[{ ...span, isAvailable: 1, desiredUnitsToSell: 3 }]]);
    expect(sent(availability(0, false))).toEqual([[{ ...span, isAvailable: 0, desiredUnitsToSell: 0 }]]);
    expect(sent(availability(null, false))).toEqual([[{ ...span, isAvailable: 1 }]]);
    expect(() => plans(availability(null, null))).toThrow('invalid-request');
  });

  it('says prices in whole units of the account’s currency, and refuses any other', () => {
    expect(sent(rate(12_050))).toEqual([[{ ...span, price: 120.5 }]]);
    expect(sent(rate(9_900, 2))).toEqual([[{ ...span, price: 99, minimumStay: 2 }]]);
    expect(() => plans(rate(9_900, null, 'JPY'))).toThrow('invalid-request');
    expect(() => plans(rate(9_900, null, 'USD', 'weekend'))).toThrow('invalid-request');
    expect(() => pms(hostaway).pushRequests([rate(9_900)], { account: '59808' })).toThrow('invalid-request');
  });

  it('carries all nights of a listing together, the later word on each', () => {
    const commands = [
      availability(null, true, { from: '2030-01-01', until: '2030-01-05' }),
      availability(1, false, { from: '2030-01-03', until: '2030-01-03' }),
      availability(null, true, { from: '2030-01-06', until: '2030-01-07' }),
    ];
    const closed = { isAvailable: 0, desiredUnitsToSell: 0 };

    expect(plans(...commands).map(({ path, carries }) => [path, carries])).toEqual([
      ['/v1/listings/40160/calendarIntervals', [0, 1, 2]],
    ]);
    expect(sent(...commands)).toEqual([
      [
        { startDate: '2030-01-01', endDate: '2030-01-02', ...closed },
        { startDate: '2030-01-03', endDate: '2030-01-03', isAvailable: 1, desiredUnitsToSell: 1 },
        { startDate: '2030-01-04', endDate: '2030-01-07', ...closed },
      ],
    ]);
  });

  it('sends no more than 200 intervals in one request', () => {
    const day = (index: number) => new Date(Date.UTC(2030, 0, 1 + index)).toISOString().slice(0, 10);
    const commands = Array.from({ length: 201 }, (_each, index) =>
      availability(index % 2, null, { from: day(2 * index), until: day(2 * index) }),
    );

    expect(sent(...commands.slice(0, 200)).map((body) => (body as unknown[]).length)).toEqual([200]);
    expect(sent(...commands).map((body) => (body as unknown[]).length)).toEqual([101, 100]);
    expect(plans(...commands).flatMap(({ carries }) => carries)).toEqual(commands.map((_each, index) => index));
  });

  it('of nights is done by a success, whatever nights it names, and unknown by anything else', () => {
    const [plan] = plans(availability(1, null));
    const outcomeOf = (answer: unknown) => pms(hostaway).pushed(plan!, new TextEncoder().encode(JSON.stringify(answer)));

    for (const result of [undefined, null, [], [{ date: '2030-01-01' }]])
      expect(outcomeOf({ status: 'success', result })).toEqual([{ kind: 'accepted' }]);
    for (const result of ['queued', {}]) expect(outcomeOf({ status: 'success', result })).toEqual([{ kind: 'unknown' }]);
  });

  it('of a task is unknown where the task’s status is none that is documented', () => {
    const [plan] = plans({ kind: 'task', task: '1', status: 'done' });
    const answer = { status: 'success', result: { id: 1, status: 'postponed' } };

    expect(pms(hostaway).pushed(plan!, new TextEncoder().encode(JSON.stringify(answer)))).toEqual([{ kind: 'unknown' }]);
  });

  it('refuses nights that are none', () => {
    for (const [from, until] of [
      ['2030-01-02', '2030-01-01'],
      ['soon', '2030-01-01'],
      ['2030-01-01', '2099-01-01'],
    ] as const)
      expect(() => plans(availability(1, null, { from, until }))).toThrow('invalid-request');
  });

  it('repeats no message by itself, and anything else without harm', () => {
    const message: PushCommand = { kind: 'message', conversation: '1406', reservation: null, body: 'hello guest' };
    const task: PushCommand = { kind: 'task', task: '1', status: 'done' };

    expect(plans(message)).toMatchObject([
      { method: 'POST', path: '/v1/conversations/1406/messages', body: '{"body":"hello guest"}', idempotent: false },
    ]);
    expect(plans(task)).toMatchObject([{ method: 'PUT', path: '/v1/tasks/1', body: '{"status":"completed"}', idempotent: true }]);
    expect(plans(rate(9_900))).toMatchObject([{ method: 'PUT', idempotent: true }]);
  });
});
