import { firstCatalogId, remapped, type Mapping, type Unit } from '@roomwire/events';
import { doorsOf, doorsText, linking, unlinking } from './unit-plan.ts';

const mapped = (connection: string, entity: string, id = firstCatalogId('unit', connection, entity)): Mapping => ({
  ...{ kind: 'unit', connection, entity, id },
});
const a = mapped('c1', '40');
const b = mapped('c2', '7');
const unit = (id: string): Unit => ({ id, property: 'p-1', name: `Door ${id}` });

describe('doorsOf', () => {
  it('tells what each provider calls a unit, also of one that no provider has a name for yet', () => {
    const doors = doorsOf('t1', [unit('u-declared'), unit(a.id)], [a]);

    expect(doors.map(({ unit: id, ids }) => [id, ids]).sort()).toEqual(
      [
        [a.id, [{ connection: 'c1', id: '40' }]],
        ['u-declared', []],
      ].sort(),
    );
  });

  it('leaves out a unit whose ids all mean another one now', () => {
    const doors = doorsOf('t1', [unit(a.id), unit(b.id)], [a, remapped(b, a.id)]);

    expect(doors.map((door) => door.unit)).toEqual([a.id]);
    expect(doorsText(doors)).toMatch(/c1:40, c2:7$/m);
  });
});

describe('linking', () => {
  it('moves every provider id of the other unit', () => {
    const more = mapped('c3', '9', b.id);
    expect(linking(a.id, b.id, [a, b, more])).toEqual([b, more]);
  });

  it('has nothing left to do the second time', () => {
    expect(linking(a.id, b.id, [a, remapped(b, a.id)])).toEqual([]);
  });

  it('refuses itself, and a unit that no provider knows', () => {
    expect(() => linking(a.id, a.id, [a])).toThrow(/itself/);
    expect(() => linking(a.id, 'u-none', [a, b])).toThrow(/nothing to link/);
  });
});

describe('unlinking', () => {
  it('gives back the unit that the id was met under', () => {
    const linked = remapped(b, a.id);
    expect(unlinking(linked, [a, linked])).toBe(b.id);
  });

  it('leaves an id alone that has a unit of its own, whichever it is', () => {
    expect(unlinking(a, [a, b])).toBeUndefined();
    const declared = mapped('c1', '41', 'room-101');
    expect(unlinking(declared, [declared, b])).toBeUndefined();
  });

  it('says which to unlink instead where others are linked to its own unit', () => {
    const linked = remapped(b, a.id);
    expect(() => unlinking(a, [a, linked])).toThrow(/others are linked to/);
  });
});
