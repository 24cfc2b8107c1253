import { facet, type EntityRecord, type Kind } from '@roomwire/events';
import { placeOf, standingOf, unknownTo, type Lookup } from './place.ts';

const stamp = { epoch: 0, modifiedAt: 1, rank: 0 as const, observedAt: 0, mapping: 1 };
const record = (kind: Kind, entity: string, facets: Record<string, unknown>): EntityRecord => ({
  ...{ kind, connection: 'c1', entity },
  facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp)])),
});
const core = {
  status: 'confirmed',
  arrival: '2026-01-01',
  departure: '2026-01-02',
  property: '40',
  unitType: '40',
  channel: null,
};
const known = (ids: Record<string, string>): Lookup => ({
  id: (kind, _connection, entity) => {
    // As in the catalogue, where a name is made a token.
    if (entity === null) throw new TypeError('no name');
    return ids[`${kind}:${entity}`];
  },
  propertyOfUnit: () => 'p-40',
  unitsOfProperty: () => ['u-2', 'u-1'],
  source: (connection) => connection,
  houseOf: () => undefined,
});

describe('placeOf', () => {
  const lookup = known({ 'property:40': 'p-40', 'unit:40': 'u-40', 'unit:40/2': 'u-2' });

  it("puts a reservation on its unit type's one door while no unit is assigned", () => {
    expect(placeOf(record('reservation', '1', { core }), lookup)).toEqual({ property: 'p-40', units: ['u-40'] });
    expect(placeOf(record('reservation', '1', { core, units: { units: [] } }), lookup)).toEqual({
      property: 'p-40',
      units: ['u-40'],
    });
  });

  it('puts it on the assigned units where there are some', () => {
    expect(placeOf(record('reservation', '1', { core, units: { units: ['40/2'] } }), lookup).units).toEqual(['u-2']);
  });

  it("puts a house on all its doors, and a cleaner's report on the door it names", () => {
    expect(placeOf(record('property', '40', {}), lookup)).toEqual({ property: 'p-40', units: ['u-1', 'u-2'] });
    expect(placeOf(record('unit-status', 'x', { core: { unit: '40', status: 'clean', by: null } }), lookup)).toEqual({
      property: 'p-40',
      units: ['u-40'],
    });
  });

  it('goes by the house of the door, also where the provider has another one for it', () => {
    const linked = { ...lookup, propertyOfUnit: () => 'p-of-the-other' };

    expect(placeOf(record('reservation', '1', { core }), linked)).toEqual({ property: 'p-of-the-other', units: ['u-40'] });
    expect(placeOf(record('reservation', '1', { core }), { ...linked, propertyOfUnit: () => undefined }).property).toBe('p-40');
  });

  it('puts a message nowhere', () => {
    expect(placeOf(record('message', '1', {}), lookup)).toEqual({ property: null, units: [] });
  });
});

describe('standingOf', () => {
  it('asks for the type of a reservation alone: a unit may say that it is of none', () => {
    const unit = record('unit', '40/2', { core: { property: '40', unitType: null, name: 'Attic' } });

    expect(standingOf(unit, known({ 'unit:40/2': 'u-2' })).place.units).toEqual(['u-2']);
  });
});

describe('unknownTo', () => {
  it('names what the catalogue lacks, and nothing else', () => {
    expect(unknownTo(record('reservation', '1', { core }), known({}))).toEqual([{ property: '40', units: ['40'] }]);
    expect(unknownTo(record('reservation', '1', { core }), known({ 'property:40': 'p-40', 'unit:40': 'u-40' }))).toEqual([]);
  });

  it('takes a door that is only named for a house of its own', () => {
    expect(unknownTo(record('ticket', 't', { core: { unit: '7' } }), known({}))).toEqual([{ property: '7', units: ['7'] }]);
  });

  it('takes it to be in the house that the provider puts it in by its name', () => {
    const lookup = { ...known({}), houseOf: (connection: string, unit: string) => `${connection} of ${unit}` };

    const ticket = unknownTo(record('ticket', 't', { core: { unit: '7' } }), lookup);
    const described = unknownTo(record('unit', '7', { core: { property: '40', unitType: null, name: 'Seven' } }), lookup);

    expect([ticket, described].flat()).toEqual([
      { property: 'c1 of 7', units: ['7'] },
      { property: '40', units: ['7'] },
    ]);
  });

  it('learns nothing from a reservation that does not say where it is', () => {
    expect(unknownTo(record('reservation', '1', { units: { units: ['40/2'] } }), known({}))).toEqual([]);
  });

  it('puts a door of which its name says the house into that one, whatever house a moved reservation is in', () => {
    const lookup = { ...known({ 'property:40': 'p-40' }), houseOf: (_: string, unit: string) => unit.split('/')[0] };
    const moved = record('reservation', '1', { core, units: { units: ['41/2', '41/3', '40/1'] } });

    expect(unknownTo(moved, lookup)).toEqual([
      { property: '41', units: ['41/2', '41/3'] },
      { property: '40', units: ['40/1'] },
    ]);
  });
});
