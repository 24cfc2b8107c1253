import { facet, type EntityRecord } from '@roomwire/events';
import { fits, type ReservationFilter } from './reservation-filter.ts';

const stamp = { epoch: 0, modifiedAt: 1, rank: 0 as const, observedAt: 0, mapping: 1 };
const core = { status: 'confirmed', arrival: '2026-05-10', departure: '2026-05-12', property: '1', unitType: '1', channel: null };
const told: EntityRecord = { kind: 'reservation', connection: 'c1', entity: '1', facets: { core: facet(core, stamp) } };
const untold: EntityRecord = { ...told, facets: {} };
const place = { property: 'p-1', units: ['u-1', 'u-2'] };

describe('fits', () => {
  it.each<[ReservationFilter, boolean]>([
    [{}, true],
    [{ property: 'p-1' }, true],
    [{ property: 'p-2' }, false],
    [{ unit: 'u-2' }, true],
    [{ unit: 'u-3' }, false],
    [{ status: ['checked-in', 'confirmed'] }, true],
    [{ status: ['cancelled'] }, false],
    [{ from: '2026-05-12' }, true],
    [{ from: '2026-05-13' }, false],
    [{ to: '2026-05-10' }, true],
    [{ to: '2026-05-09' }, false],
    [{ from: '2026-05-11', to: '2026-05-11' }, true],
    [{ unit: 'u-1', status: ['confirmed'], from: '2026-06-01' }, false],
  ])('%j: %s', (filter, expected) => {
    expect(fits(filter, told, place)).toBe(expected);
  });

  it('takes what nobody has told for unknown', () => {
    expect(fits({ unit: 'u-1' }, untold, place)).toBe(true);
    expect(fits({ status: ['confirmed'] }, untold, place)).toBe(false);
    expect(fits({ from: '2000-01-01' }, untold, place)).toBe(false);
  });
});
