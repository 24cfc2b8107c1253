import { facet, type RoomState } from '@roomwire/events';
import { facesOfRecord, facesOfRoom, withChanges } from './changed.ts';

const told = (...faces: Record<string, unknown>[]) => faces.map((each, i) => ({ item: { revision: i + 1 }, faces: each }));

describe('withChanges', () => {
  it('says newest first what differs from the one before, and of the oldest that nobody knows', () => {
    const items = withChanges(told({ a: 1, b: { x: 1, y: 2 } }, { a: 1, b: { y: 2, x: 1 } }, { a: 2, c: null }));

    expect(items).toEqual([
      { revision: 3, changed: ['a', 'b', 'c'] },
      { revision: 2, changed: [] },
      { revision: 1, changed: null },
    ]);
    expect(withChanges([])).toEqual([]);
  });

  it('takes no facet for changed that was only told again later', () => {
    const stamp = (modifiedAt: number) => ({ epoch: 0, modifiedAt, rank: 0 as const, observedAt: 0, mapping: 1 });
    const record = (name: string, at: number) => ({
      ...{ kind: 'reservation' as const, connection: 'c1', entity: '1' },
      facets: { guest: facet({ name }, stamp(at)), money: facet({ total: at }, stamp(at)) },
    });
    const faces = [record('Ada', 1), record('Ada', 2)].map(facesOfRecord);

    expect(withChanges(told(...faces))[0]!.changed).toEqual(['money']);
  });

  it('takes no room for changed that was only looked at again', () => {
    const freshness = { verifiedAt: null, connection: null, suspect: [] as string[] };
    const room = { unit: 'u-1', asOf: '2026-07-01T00:00:00Z', freshness } as unknown as RoomState;
    const later = { ...room, asOf: '2026-07-02T00:00:00Z', freshness: { ...freshness, connection: 'c1' } };
    const suspect = { ...later, freshness: { ...freshness, suspect: ['c1'] } };

    expect(withChanges(told(...[room, later, suspect].map(facesOfRoom))).map(({ changed }) => changed)).toEqual([
      ['freshness'],
      [],
      null,
    ]);
  });
});
