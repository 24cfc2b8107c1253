import { tableOf, told } from '../testing/announced.ts';
import { reservation, room } from '../testing/announcements.ts';
import { parseFilter, type Filter } from './filter.ts';
import { Viewer } from './viewer.ts';

function filterOf(query: Record<string, unknown>): Filter {
  const parsed = parseFilter(query);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.filter;
}

const at = (unit: string) => ({ property: 'p1', units: [unit] });

describe('Viewer', () => {
  it('shows what stands in its units and nothing else', () => {
    const table = tableOf(
      room({ unit: 'u1', revision: 1 }),
      room({ unit: 'u2', revision: 1 }),
      reservation({ id: 'r1', revision: 1 }),
    );

    const shown = new Viewer(filterOf({ unit: 'u1' })).snapshot(table.entries());

    expect(shown.map(({ facts }) => facts.kind)).toEqual(['room', 'reservation']);
  });

  it('tells once of a record that leaves, as the record itself says', () => {
    const table = tableOf();
    const viewer = new Viewer(filterOf({ unit: 'u1' }));

    expect(viewer.wants(told(table, reservation({ id: 'r1', revision: 2, place: at('u2'), previous: at('u1') })))).toBe(true);
    expect(viewer.wants(told(table, reservation({ id: 'r1', revision: 3, place: at('u2') })))).toBe(false);
  });

  it('tells of a record that left although the message that said so was never read', () => {
    const table = tableOf(reservation({ id: 'r1', revision: 1, place: at('u1') }));
    const viewer = new Viewer(filterOf({ unit: 'u1' }));
    viewer.snapshot(table.entries());

    expect(viewer.wants(told(table, reservation({ id: 'r1', revision: 5, place: at('u3'), previous: at('u2') })))).toBe(true);
    expect(viewer.wants(told(table, reservation({ id: 'r1', revision: 6, place: at('u3') })))).toBe(false);
    expect(viewer.wants(told(table, reservation({ id: 'r1', revision: 7, place: at('u1'), previous: at('u3') })))).toBe(true);
  });

  it('tells nothing of another kind or pipeline', () => {
    const viewer = new Viewer(filterOf({ kind: 'room', pipeline: 'housekeeping' }));
    const table = tableOf();

    expect(viewer.wants(told(table, reservation({ id: 'r1', revision: 1 })))).toBe(false);
    expect(viewer.wants(told(table, room({ unit: 'u1', revision: 1 })))).toBe(false);
    expect(viewer.wants(told(table, room({ unit: 'u1', revision: 2, pipeline: 'housekeeping' })))).toBe(true);
  });

  it('resumes with everything newer than the client has', () => {
    const table = tableOf(
      room({ unit: 'u1', revision: 1 }),
      room({ unit: 'u2', revision: 1 }),
      room({ unit: 'u3', revision: 1 }),
    );

    expect(new Viewer(filterOf({})).since(table.entries(), 1).map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('resumes with what may have left its units meanwhile, but not with what never was there', () => {
    const table = tableOf(
      reservation({ id: 'before', revision: 1, place: at('u2') }),
      reservation({ id: 'moved', revision: 3, place: at('u2') }),
      reservation({ id: 'new', revision: 1, place: at('u2') }),
      room({ unit: 'u2', revision: 7 }),
    );

    const missed = new Viewer(filterOf({ unit: 'u1' })).since(table.entries(), 1);

    expect(missed.map(({ seq }) => seq)).toEqual([2]);
  });
});
