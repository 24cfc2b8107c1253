import { readFileSync } from 'node:fs';
import { facet, type EntityRecord } from '@roomwire/events';
import type { Case } from '../cases/case.ts';
import { CHAPTERS } from '../cases/cases.ts';
import { DEFAULTS } from '../cases/facts.ts';
import { derivedOf, houseOf, instantOf, outcomeOf, roomsDoc } from '../cases/outcome.ts';
import { naiveRoom } from '../testing/model/naive-room.ts';

/** docs/rooms.md, row by row. */
describe.each(CHAPTERS)('$title', ({ cases }) => {
  it.each(cases)('$name', (row) => {
    expect(outcomeOf(row)).toEqual({ room: row.room, conflicts: row.conflicts ?? 'none' });
  });

  const ofOnePms = cases.filter(({ known }) => known.every(({ record }) => record.connection === 'c1'));
  it.each(ofOnePms)('$name: so says the model that histories are held against', (row) => {
    for (const door of row.doors ?? ['1']) {
      const { room, conflicts } = derivedOf(row, door);
      const model = naiveRoom(doorOf(row, door), instantOf(row));
      expect(room).toMatchObject(model.room);
      expect(conflicts.map(({ state: { id, sides } }) => ({ id, sides }))).toEqual(
        model.conflicts.map(({ id, sides }) => ({ id, sides })),
      );
    }
  });
});

describe('docs/rooms.md', () => {
  it('is what the cases say', () => {
    const hint = 'run tools/docs/write.ts';
    const found = readFileSync(new URL('../../../../docs/rooms.md', import.meta.url), 'utf8');
    expect({ [hint]: found }).toEqual({ [hint]: roomsDoc() });
  });

  it('has no two cases of one name', () => {
    const names = CHAPTERS.flatMap(({ cases }) => cases.map(({ name }) => name));
    expect(names).toEqual([...new Set(names)]);
  });
});

function doorOf(row: Case, door: string): Parameters<typeof naiveRoom>[0] {
  const house = houseOf(row);
  const stamp = { epoch: 0, modifiedAt: 0, rank: 0 as const, observedAt: 0, mapping: 1 };
  const told: EntityRecord[] = house
    ? [{ kind: 'property', connection: 'c1', entity: 'p', facets: { core: facet(house, stamp) } }]
    : [];
  const unit = { id: `u-${door}`, property: 'p-1', name: `Room ${door}` };
  return { unit, called: door, houses: ['p'], records: [...told, ...row.known.map(({ record }) => record)], defaults: DEFAULTS };
}
