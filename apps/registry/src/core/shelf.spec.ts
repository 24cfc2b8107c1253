import fc from 'fast-check';
import { facet, type EntityRecord, type Kind } from '@roomwire/events';
import { bucketName, bucketsOf, isShelf, namedPlace, parseBucket, salePlace, soldAt, type Bucket } from './shelf.ts';

const stamp = { epoch: 0, modifiedAt: Date.parse('2026-07-01T12:00:00Z') * 1000, rank: 1 as const, observedAt: 1, mapping: 1 };
const record = (kind: Kind, entity: string, facets: Record<string, unknown>): EntityRecord => ({
  ...{ kind, connection: 'c1', entity },
  facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp)])),
});
const stay = (more: object = {}) => ({
  core: {
    status: 'confirmed',
    arrival: '2026-07-30',
    departure: '2026-08-01',
    property: 'p',
    unitType: 'dbl',
    channel: null,
    ...more,
  },
});
const message = (sentAt: string | null, direction = 'incoming') => ({
  core: { conversation: '7/8', reservation: null, direction, body: 'hi', sentAt },
});
const of = (each: EntityRecord) => bucketsOf(each, (connection) => (connection === 'c1' ? 'source' : connection));

describe('bucketsOf', () => {
  it('puts a stay in the months of its nights, under the connection whose words it uses', () => {
    expect(of(record('reservation', '1', stay()))).toEqual(['sale/source/dbl/2026-07']);
    expect(of(record('reservation', '1', stay({ departure: '2026-08-02' })))).toEqual([
      'sale/source/dbl/2026-07',
      'sale/source/dbl/2026-08',
    ]);
  });

  it('puts nothing there that keeps nobody out, or is gone', () => {
    for (const status of ['cancelled', 'inquiry', 'no-show', 'checked-out'])
      expect(of(record('reservation', '1', stay({ status })))).toEqual([]);
    expect(of(record('reservation', '1', stay({ departure: '2026-07-30' })))).toEqual([]);
    expect(of(record('reservation', '1', { ...stay(), existence: { state: 'gone' } }))).toEqual([]);
    expect(of(record('reservation', '1', {}))).toEqual([]);
  });

  it('puts a calendar beside the stays, and a unit beside its type', () => {
    expect(of(record('rate', 'dbl:2026-07', {}))).toEqual(['sale/source/dbl/2026-07']);
    expect(of(record('availability', 'no month', {}))).toEqual([]);
    expect(of(record('unit-type', 'dbl', {}))).toEqual(['doors/source/dbl']);
    expect(of(record('unit', '101', { core: { property: 'p', unitType: 'dbl', name: '101' } }))).toEqual(['doors/source/dbl']);
    expect(of(record('unit', '101', { core: { property: 'p', unitType: null, name: '101' } }))).toEqual([]);
  });

  it('puts a message of the last minutes of a day beside those of the first minutes of the next', () => {
    expect(of(record('message', 'm', message('2026-07-01T23:58:00Z')))).toEqual([
      'talk/source/7/8/2026-07-01',
      'talk/source/7/8/2026-07-02',
    ]);
    expect(of(record('message', 'm', message('2026-07-01T10:00:00+02:00')))).toEqual(['talk/source/7/8/2026-07-01']);
    expect(of(record('message', 'm', message(null)))).toEqual(['talk/source/7/8/2026-07-01']);
    expect(of(record('message', 'm', message(null, 'outgoing')))).toEqual([]);
  });
});

describe('bucketName', () => {
  it('is read back, whatever a provider’s id holds', () => {
    const id = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', '/', ':', '.', 'é') });
    const bucket: fc.Arbitrary<Bucket> = fc.oneof(
      id.map((unitType): Bucket => ({ of: 'sale', connection: 'c1', unitType, month: '2026-07' })),
      id.map((conversation): Bucket => ({ of: 'talk', connection: 'c1', conversation, day: '2026-07-01' })),
      id.map((unitType): Bucket => ({ of: 'doors', connection: 'c1', unitType })),
      fc.constant<Bucket>({ of: 'look', place: 'sale_u-1' }),
    );
    fc.assert(fc.property(bucket, (each) => expect(parseBucket(bucketName(each))).toEqual(each)));
  });

  it('tells the places of shelves from units', () => {
    expect([salePlace('u-1'), namedPlace('talk', 'c1', '7'), 'u-1'].map(isShelf)).toEqual([true, true, false]);
    expect([soldAt(salePlace('u-1')), soldAt('talk_1')]).toEqual(['u-1', undefined]);
  });
});
