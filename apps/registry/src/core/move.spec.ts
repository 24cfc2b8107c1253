import { canonicalJson, type EntityRecord, type Place } from '@roomwire/events';
import type { StoredRecord } from './decide.ts';
import { moved } from './move.ts';

const record: EntityRecord = { kind: 'reservation', connection: 'c2', entity: '1', facets: {} };
const place: Place = { property: 'p-2', units: ['u-2'] };
const held: StoredRecord = {
  ...{ record, etag: 3, revision: 4, announced: 3, stateSeq: 7, place, announcedPlace: place, confirmed: true },
  buckets: ['talk/c2/7/2026-07-01'],
};

describe('moved', () => {
  it('writes the same record elsewhere, touches both doors, and is no confirmation', () => {
    expect(moved(held, { property: 'p-1', units: ['u-1'] })).toEqual({
      record,
      doc: canonicalJson(record),
      revision: 5,
      place: { property: 'p-1', units: ['u-1'] },
      confirmed: false,
      touched: ['u-2', 'u-1'],
      ...{ buckets: held.buckets, touchedBuckets: [], waits: false },
    });
  });

  it('hears of another house even where the door is the same', () => {
    expect(moved(held, { property: 'p-1', units: ['u-2'] })).toMatchObject({ revision: 5, touched: ['u-2'] });
  });

  it('leaves alone what stands right', () => {
    expect(moved(held, { property: 'p-2', units: ['u-2'] })).toBeNull();
  });
});
