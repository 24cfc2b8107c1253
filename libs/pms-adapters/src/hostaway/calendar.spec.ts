import { facet, type RawContext } from '@roomwire/events';
import { pms, type Decoded } from '@roomwire/pms-port';
import { fixturesIn, NOW, readContext, type JsonObject } from '@roomwire/pms-port/conformance';
import { hostaway } from './adapter.ts';

const fixture = fixturesIn(import.meta.dirname);
const calendar = fixture<{ result: JsonObject[] }>('answer-calendar');
const [reserved] = calendar.result;

function decode(
  days: unknown[],
  { currency }: { currency?: string } = { currency: 'USD' },
  kind: 'availability' | 'rate' = 'availability',
): Decoded {
  const context: RawContext = readContext({ adapter: hostaway, account: '59808' }, { kind, entities: ['40160:2017-07'] });
  const body = new TextEncoder().encode(JSON.stringify({ ...calendar, result: days }));
  return pms(hostaway).decode({ tenant: 't1', connection: 'c1', account: '59808', unsaid: { currency }, body, context });
}
const nightOf = (changes: JsonObject) => decode([{ ...reserved, ...changes }]).tellings[0]?.facets['2017-07-15']?.content;
const stamp = { epoch: 0, modifiedAt: NOW * 1000, rank: 1 as const, observedAt: NOW * 1000, mapping: 1 };
const existence = facet({ state: 'present' }, stamp);

describe('a calendar of hostaway', () => {
  it('tells what is to be had and what it costs, whichever it was asked for', () => {
    const price = { amountMinor: 22_500, currency: 'USD' };
    const told = [
      { kind: 'availability', '2017-07-15': facet({ available: 0, closed: false }, stamp) },
      { kind: 'rate', '2017-07-15': facet({ price, minimumStay: 1 }, stamp) },
    ].map(({ kind, ...facets }) => ({ kind, connection: 'c1', entity: '40160:2017-07', facets: { existence, ...facets } }));

    for (const kind of ['availability', 'rate'] as const)
      expect(decode([reserved], { currency: 'USD' }, kind)).toEqual({ tellings: told, hints: [], rejects: [], ignored: [] });
  });

  it('tells no price where nobody says in which currency it is', () => {
    const [availability, rate] = decode([reserved], {}).tellings;

    expect([Object.keys(availability!.facets), Object.keys(rate!.facets)]).toEqual([['2017-07-15', 'existence'], ['existence']]);
  });

  it.each([
    ['a free night', { isAvailable: 1, status: 'available' }, { available: 1, closed: false }],
    ['a night that the owner has blocked', { isAvailable: 0, status: 'blocked' }, { available: 0, closed: true }],
    ['a night that may be taken soon', { isAvailable: 0, status: 'pending' }, { available: 0, closed: false }],
    ['units that are left', { status: 'available', availableUnitsToSell: 3 }, { available: 3, closed: false }],
    ['more stays than units', { status: 'reserved', availableUnitsToSell: -1 }, { available: 0, closed: false }],
    ['neither number nor flag', { isAvailable: null }, undefined],
    ['no status', { status: null }, undefined],
  ])('has %s', (_name, changes, content) => {
    expect(nightOf(changes)).toEqual(content);
  });

  it('does not take the lack of a field for its null', () => {
    for (const field of ['isAvailable', 'availableUnitsToSell', 'status'])
      expect(nightOf({ [field]: undefined })).toBeUndefined();
  });

  it('tells the nights of the month that was asked for, and points at what it does not understand', () => {
    const days = [
      { ...reserved, date: '2017-08-01' },
      { ...reserved, date: '1 July' },
      { ...reserved, status: 'haunted' },
      reserved,
    ];
    const { tellings, rejects } = decode(days);

    expect(tellings.map(({ facets }) => Object.keys(facets))).toEqual([
      ['2017-07-15', 'existence'],
      ['2017-07-15', 'existence'],
    ]);
    expect(rejects.map(({ pointer }) => pointer)).toEqual(['/result/1/date', '/result/2/status']);
  });

  it('is no answer where it has none of those nights', () => {
    const { tellings, rejects } = decode([{ ...reserved, date: '2017-08-01' }]);

    expect([tellings, rejects.map(({ reason, pointer }) => [reason, pointer])]).toEqual([[], [['unreadable-answer', '/result']]]);
  });
});
