import type { RawContext, ReadContext } from '@roomwire/events';
import type { RawMessage } from './adapter.ts';
import { instantMicros, utcMicros } from './instant.ts';
import { majorUnits, minorUnits } from './money.ts';
import { isSettled, observedStamp, SETTLED_MARGIN_MS, tellingOf, toldAt, toldByRead } from './stamp.ts';

const read: ReadContext = {
  kind: 'unit',
  ids: ['u1'],
  operation: 'unit',
  status: 200,
  observedAt: 5_000_000,
  providerDate: 10_000,
};
const raw = (context: RawContext): RawMessage => ({
  tenant: 't1',
  connection: 'c1',
  account: null,
  body: new Uint8Array(),
  context,
});
const receipt = { receipt: 'receipt-1', receivedAt: '2029-06-01T10:00:00.000Z' };

describe('a stamp', () => {
  it('is settled when the provider’s clock has passed it by its resolution and the margin', () => {
    const stamp = 1_000_000_000;
    const from = stamp / 1000 + 1_000 + SETTLED_MARGIN_MS;

    expect([from - 1, from, null].map((providerDate) => isSettled({ ...read, providerDate }, stamp, 1_000))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('of a push is of rank 0 and observed by nobody; of a read, of rank 1 and at its grant', () => {
    const clock = { clock: 'provider', resolutionMs: 1_000 } as const;

    expect(toldAt({ via: 'push', ...receipt }, 7, clock, 2)).toEqual({
      stamp: { epoch: 0, modifiedAt: 7, rank: 0, observedAt: 0, mapping: 2 },
      settled: false,
    });
    expect(toldAt({ via: 'read', ...receipt, read }, 7, clock, 2)).toEqual({
      stamp: { epoch: 0, modifiedAt: 7, rank: 1, observedAt: 5_000_000, mapping: 2 },
      settled: true,
    });
    expect(observedStamp(read, 2)).toMatchObject({ modifiedAt: 5_000_000, observedAt: 5_000_000, rank: 1 });
  });
});

describe('a telling', () => {
  const facetsOf = (context: RawContext, contents: Record<string, unknown>) =>
    Object.keys(tellingOf(raw(context), 'unit', 'u1', contents, toldByRead(read, 1))?.facets ?? {});
  const { ids: _ids, ...page } = read;

  it('has the facets that are carried, and existence by a by-id read alone', () => {
    expect(facetsOf({ via: 'push', ...receipt }, { core: {}, times: undefined })).toEqual(['core']);
    expect(facetsOf({ via: 'read', ...receipt, read: page }, { core: {} })).toEqual(['core']);
    expect(facetsOf({ via: 'read', ...receipt, read }, { core: undefined })).toEqual(['existence']);
  });

  it('is none when nothing is carried', () => {
    expect(tellingOf(raw({ via: 'push', ...receipt }), 'unit', 'u1', { core: undefined }, toldByRead(read, 1))).toBeUndefined();
  });
});

describe('an instant', () => {
  it.each<[string, number | undefined]>([
    ['2029-06-01T10:00:00Z', Date.UTC(2029, 5, 1, 10) * 1000],
    ['2029-06-01T12:00:00.123456789+02:00', Date.UTC(2029, 5, 1, 10) * 1000 + 123_456],
    ['1970-01-01T00:00:00Z', 0],
    ['1969-12-31T23:59:59Z', undefined],
    ['2029-02-29T10:00:00Z', undefined],
    ['2029-06-01T24:00:00Z', undefined],
    ['2029-06-01T10:00:00', undefined],
    ['2029-06-01 10:00:00Z', undefined],
    ['2029-06-01', undefined],
    ['', undefined],
  ])('%s is %s', (text, micros) => {
    expect(instantMicros(text)).toBe(micros);
  });

  it('may be zone-less where the provider says UTC', () => {
    expect(utcMicros('2025-11-14 09:30:00')).toBe(Date.UTC(2025, 10, 14, 9, 30) * 1000);
    for (const text of ['0000-00-00 00:00:00', '2025-02-30 10:00:00', '2025-11-14', '2025-11-14T09:30:00Z'])
      expect(utcMicros(text)).toBeUndefined();
  });
});

describe('an amount', () => {
  it.each<[number | string, string, number | undefined]>([
    [696.67, 'USD', 69_667],
    [267, 'USD', 26_700],
    [1.005, 'EUR', 101],
    ['0.29', 'EUR', 29],
    [-12.5, 'EUR', -1_250],
    [-0.001, 'EUR', 0],
    [1_000, 'JPY', 1_000],
    [1.5, 'KWD', 1_500],
    [1e21, 'USD', undefined],
    [Number.NaN, 'USD', undefined],
    ['1,50', 'USD', undefined],
    ['99999999999999999999', 'USD', undefined],
  ])('%s %s is %s', (amount, currency, units) => {
    expect(minorUnits(amount, currency)).toBe(units);
  });

  it('goes back to what it was', () => {
    for (const [amount, currency] of [
      [696.67, 'USD'],
      [0.29, 'EUR'],
      [-12.5, 'EUR'],
      [1_000, 'JPY'],
      [1.005, 'KWD'],
    ] as const)
      // prettier-ignore
      expect(majorUnits(minorUnits(amount, currency)!, currency)).toBe(amount);
  });
});
