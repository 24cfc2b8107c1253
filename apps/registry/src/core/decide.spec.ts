import { facet, type EntityRecord, type Place } from '@roomwire/events';
import { decide, type StoredRecord } from './decide.ts';
import type { Standing } from './place.ts';

const place: Place = { property: 'p-1', units: ['u-1'] };
const standing: Standing = { place, buckets: ['sale/c1/t/2026-07'], waits: true };
const guest = (name: string, modifiedAt: number, observedAt = 0): EntityRecord => ({
  kind: 'reservation',
  connection: 'c1',
  entity: '1',
  facets: {
    guest: facet(
      { name, adults: null, children: null },
      { epoch: 0, modifiedAt, rank: observedAt ? 1 : 0, observedAt, mapping: 1 },
    ),
  },
});
const stored = (record: EntityRecord, more: Partial<StoredRecord> = {}): StoredRecord => ({
  ...{ record, etag: 1, revision: 1, announced: 1, stateSeq: 5, place, announcedPlace: place, confirmed: false },
  buckets: standing.buckets,
  ...more,
});

describe('decide', () => {
  it('writes the first telling under revision 1 and touches its units', () => {
    const { outcome, write } = decide(undefined, guest('Ada', 1), () => standing);

    expect(outcome).toBe('applied');
    expect(write).toMatchObject({ revision: 1, confirmed: false, touched: ['u-1'] });
  });

  it('writes nothing for what is known or older', () => {
    expect(decide(stored(guest('Ada', 5)), guest('Ada', 5), () => standing)).toEqual({ outcome: 'duplicate', write: null });
    expect(decide(stored(guest('Ada', 5)), guest('Bob', 4), () => standing)).toEqual({ outcome: 'stale', write: null });
  });

  it('tells readers of a raised stamp as a confirmation that touches no unit', () => {
    expect(decide(stored(guest('Ada', 5)), guest('Ada', 6), () => standing)).toMatchObject({
      outcome: 'confirmed',
      write: { revision: 2, confirmed: true, touched: [], touchedBuckets: [] },
    });
  });

  it('looks at the room again when a tie that a read had settled is open once more', () => {
    const tied = (settled: boolean, observedAt: number): EntityRecord => {
      const { facets, ...record } = guest('Ada', 5, observedAt);
      return { ...record, facets: { guest: { ...facets['guest']!, tied: true, ...(settled ? { settled } : {}) } } };
    };

    expect(decide(stored(tied(true, 8)), tied(false, 9), () => standing)).toMatchObject({
      outcome: 'confirmed',
      write: { revision: 2, confirmed: false, touched: ['u-1'] },
    });
  });

  it('looks at the room again when housekeeping says the same once more', () => {
    const status = (at: number): EntityRecord => ({ ...guest('Ada', at), kind: 'unit-status' });

    expect(decide(stored(status(5)), status(6), () => standing)).toMatchObject({
      outcome: 'confirmed',
      write: { confirmed: true, touched: ['u-1'] },
    });
  });

  it('keeps a raised floor of observedAt to itself', () => {
    const held = stored(guest('Ada', 5, 100));

    expect(decide(held, guest('Ada', 5, 200), () => standing)).toMatchObject({
      outcome: 'confirmed',
      write: { revision: 1, touched: [] },
    });
  });

  it('does not call an owed change a confirmation because a confirmation came after it', () => {
    const owed = stored(guest('Ada', 5), { revision: 2, announced: 1, confirmed: false });

    expect(decide(owed, guest('Ada', 6), () => standing).write?.confirmed).toBe(false);
  });

  it('touches the units that it leaves as well as those that it comes to', () => {
    const write = decide(stored(guest('Ada', 5)), guest('Bob', 6), () => ({
      ...{ place: { property: 'p-1', units: ['u-2'] }, buckets: ['sale/c1/t/2026-08'], waits: false },
    })).write;

    expect(write?.touched.sort()).toEqual(['u-1', 'u-2']);
    expect(write?.place.units).toEqual(['u-2']);
    expect(write?.buckets).toEqual(['sale/c1/t/2026-08']);
    expect(write?.touchedBuckets.sort()).toEqual(['sale/c1/t/2026-07', 'sale/c1/t/2026-08']);
  });
});
