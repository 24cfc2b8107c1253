import { pushOrder, type PushWhat } from '@roomwire/events';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, type PushPlan } from '@roomwire/pms-port';
import { nightAfter, nightsOf } from './nights.ts';
import { intended, NOTHING, owed, said } from './standing.ts';
import { commandsOf, saidOf, targetKey, type CalendarOrder, type Told } from './target.ts';

const FIRST = '2027-01-01';
const UNITS = 200;
const NIGHTS = 365;
const account = { account: '10450', unsaid: { currency: 'EUR', timeZone: 'UTC' } };
const unitType = (unit: number): string => String(1_000 + unit);
const priceOf = (day: number): number => ([4, 5].includes(day % 7) ? 16_000 : 12_000);
const WEEK_ENDS = (day: number) => ({ price: { amountMinor: priceOf(day), currency: 'EUR' }, minimumStay: null });

/** A price for each night of each unit, each said by itself, as a revenue manager's export says it. */
const nightly = (): CalendarOrder[] =>
  Array.from({ length: UNITS }, (_, unit) => ({
    kind: 'rate' as const,
    nights: Array.from({ length: NIGHTS }, (_unused, day) => {
      const night = nightAfter(FIRST, day);
      return { unitType: unitType(unit), ratePlan: null, from: night, until: night, ...WEEK_ENDS(day) };
    }),
  }));

/** What is owed of each order, where nothing was told before. */
const toldOf = (order: CalendarOrder): Told[] =>
  saidOf(order).flatMap(({ target, said: told }) =>
    commandsOf(target, owed(said(NOTHING, told, { at: '2027-01-01T00:00:00.000Z', order: 'order-of-all' }))),
  );

/** As a worker does: the orders that are in hand together, at most so many, share calls. */
function plansOf(provider: 'hostaway' | 'beds24' | 'smoobu', owing: readonly Told[][], together: number): PushPlan[] {
  const port = pms(adapterOf(provider)!);
  const groups = Array.from({ length: Math.ceil(owing.length / together) }, (_, index) =>
    owing.slice(index * together, (index + 1) * together).flat(),
  );
  return groups.flatMap((group) =>
    port.pushRequests(
      group.map(({ command }) => command),
      account,
    ),
  );
}

describe('a price for 200 units and 365 nights', () => {
  const owing = nightly().map(toldOf);

  it.each([
    // A request a listing, and of no more than 200 intervals.
    ['hostaway', UNITS],
    // A thousand spans a request; 105 a unit, and 32 orders share their calls.
    ['beds24', 25],
    ['smoobu', UNITS],
  ] as const)('%s: takes so many calls, where one a night were 73,000', (provider, calls) => {
    expect(UNITS * NIGHTS).toBe(73_000);
    expect(plansOf(provider, owing, 32)).toHaveLength(calls);
  });
});

describe('commands', () => {
  const rate = (days: readonly number[]): PushWhat => ({
    kind: 'rate',
    nights: days.map((day) => ({
      ...{ unitType: '7', ratePlan: null, from: nightAfter(FIRST, day), until: nightAfter(FIRST, day) },
      ...WEEK_ENDS(0),
    })),
  });

  it('are one for nights that follow each other, whatever the order in which they were said, and none for what was told', () => {
    const [{ target, said: told }] = saidOf(rate([3, 1, 0, 5]) as CalendarOrder) as [ReturnType<typeof saidOf>[0]];
    const standing = said(NOTHING, told, { at: '2027-01-01T00:00:00.000Z', order: 'o-1' });
    expect(commandsOf(target, owed(standing)).map(({ cells }) => cells)).toEqual([
      nightsOf({ from: '2027-01-01', until: '2027-01-02' }),
      ['2027-01-04'],
      ['2027-01-06'],
    ]);
    expect(owed(intended(standing, []))).toHaveLength(4);
  });

  it('say all that is wanted of a night, since some providers have one word for both', () => {
    const order = { unitType: '7', from: FIRST, until: FIRST };
    const targets = saidOf({
      kind: 'availability',
      nights: [
        { ...order, available: 2, closed: null },
        { ...order, available: null, closed: true },
      ],
    });
    const standing = said(NOTHING, targets[0]!.said, { at: '2027-01-01T00:00:00.000Z', order: 'o-1' });
    expect(commandsOf(targets[0]!.target, owed(standing)).map(({ command }) => command)).toEqual([
      { kind: 'availability', unitType: '7', from: FIRST, until: FIRST, available: 2, closed: true },
    ]);
  });

  it('are kept apart by ids of any form', () => {
    const keys = [
      targetKey('c1', { kind: 'rate', unitType: 'a.b', ratePlan: null }),
      targetKey('c1', { kind: 'rate', unitType: 'a', ratePlan: 'b' }),
      targetKey('c1', { kind: 'availability', unitType: 'a.b' }),
      targetKey('c1', { kind: 'task', task: '* >' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^push\.c1(\.[\w=-]+)+$/);
  });

  it('are refused as orders where a span is none', () => {
    const order = {
      ...{ order: 'order-0001', tenant: 't1', provider: 'beds24', connection: 'c1', lane: 'ordinary', by: 'spec' },
      at: '2027-01-01T00:00:00.000Z',
    };
    const nights = (from: string, until: string) => ({
      kind: 'availability',
      nights: [{ unitType: '7', from, until, available: null, closed: true }],
    });
    expect(pushOrder.safeParse({ ...order, what: nights('2027-01-02', '2027-01-02') }).success).toBe(true);
    expect(pushOrder.safeParse({ ...order, what: nights('2027-01-02', '2027-01-01') }).success).toBe(false);
    expect(pushOrder.safeParse({ ...order, what: nights('2027-01-02', '2037-01-01') }).success).toBe(false);
  });
});
