import { facet, type EntityRecord, type Kind } from '@roomwire/events';
import { doorsOf } from './doors.ts';

const stamp = { epoch: 0, modifiedAt: 1, rank: 0 as const, observedAt: 0, mapping: 1 };
const record = (kind: Kind, entity: string, facets: Record<string, unknown>): EntityRecord => ({
  ...{ kind, connection: 'c1', entity },
  facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp)])),
});
const type = (quantity: number) => record('unit-type', 'dbl', { core: { property: 'p', name: 'Double', quantity } });
const unit = (entity: string, more = {}) =>
  record('unit', entity, { core: { property: 'p', unitType: 'dbl', name: entity }, ...more });

describe('doorsOf', () => {
  it('is one door until somebody tells otherwise', () => {
    expect(doorsOf('dbl', []).isType).toBe(false);
    expect(doorsOf('dbl', [record('unit-type', 'dbl', {})]).isType).toBe(false);
    expect(doorsOf('dbl', [type(1)])).toEqual({ isType: false, quantity: 1, property: 'p', name: 'Double' });
    expect(doorsOf('dbl', [unit('dbl')]).isType).toBe(false);
  });

  it('is several by a quantity, or by a door of another name', () => {
    expect(doorsOf('dbl', [type(3)])).toEqual({ isType: true, quantity: 3, property: 'p', name: 'Double' });
    expect(doorsOf('dbl', [type(0)])).toMatchObject({ isType: true, quantity: 0 });
    expect(doorsOf('dbl', [unit('102'), unit('101')])).toEqual({ isType: true, quantity: 2, property: 'p', name: 'dbl' });
    expect(doorsOf('dbl', [type(3), unit('101')])).toMatchObject({ isType: true, quantity: 3 });
  });

  it('does not count a door that is gone', () => {
    expect(doorsOf('dbl', [unit('101', { existence: { state: 'gone' } })]).isType).toBe(false);
    expect(doorsOf('dbl', [unit('101', { existence: { state: 'gone' } }), unit('102')]).quantity).toBe(1);
  });
});
