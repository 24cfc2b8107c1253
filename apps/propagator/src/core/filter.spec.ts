import { limitsPlace, matchesPlace, matchesTopic, parseFilter, type Filter } from './filter.ts';
import type { ChangeFacts } from './facts.ts';

function filterOf(query: Record<string, unknown>): Filter {
  const parsed = parseFilter(query);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.filter;
}

const facts = (more: Partial<ChangeFacts>): ChangeFacts => ({
  kind: 'room',
  pipeline: 'booking',
  lane: 'live',
  revision: 1,
  confirmed: false,
  place: { property: 'p1', units: ['u1'] },
  receivedAt: 0,
  ...more,
});

describe('parseFilter', () => {
  it('shows rooms, reservations and conflicts where no kind is named', () => {
    expect([...filterOf({}).kinds]).toEqual(['room', 'reservation', 'conflict']);
  });

  it('takes repeated and comma separated values alike', () => {
    const filter = filterOf({ kind: ['task,room', 'ticket'], unit: 'u1, u2' });

    expect([...filter.kinds]).toEqual(['task', 'room', 'ticket']);
    expect([...(filter.units ?? [])]).toEqual(['u1', 'u2']);
  });

  it('names the field and the allowed values of an unknown kind and an unknown pipeline at once', () => {
    const parsed = parseFilter({ kind: 'rooms', pipeline: 'plumbing' });

    expect(parsed).toMatchObject({
      ok: false,
      problems: [
        { field: 'kind', allowed: expect.arrayContaining(['room', 'reservation', 'task']) as unknown },
        { field: 'pipeline', allowed: expect.arrayContaining(['booking', 'maintenance']) as unknown },
      ],
    });
  });

  it.each(['kind', 'pipeline', 'property', 'unit'])('refuses an empty %s instead of taking it for everything', (field) => {
    expect(parseFilter({ [field]: ' ,' })).toMatchObject({ ok: false, problems: [{ field }] });
  });

  it('refuses an id that none of ours can be, quoted short', () => {
    const parsed = parseFilter({ unit: 'U'.repeat(5000) });

    expect(parsed).toMatchObject({ ok: false, problems: [{ field: 'unit' }] });
    expect(JSON.stringify(parsed).length).toBeLessThan(200);
  });

  it('refuses more values than a person could mean', () => {
    const many = Array.from({ length: 201 }, (_, n) => `u${n}`);

    expect(parseFilter({ unit: many })).toMatchObject({ ok: false, problems: [{ field: 'unit' }] });
  });
});

describe('matching', () => {
  it('asks for kind and pipeline both', () => {
    const filter = filterOf({ kind: 'task', pipeline: 'housekeeping' });

    expect(matchesTopic(filter, facts({ kind: 'task', pipeline: 'housekeeping' }))).toBe(true);
    expect(matchesTopic(filter, facts({ kind: 'task', pipeline: 'booking' }))).toBe(false);
    expect(matchesTopic(filter, facts({ kind: 'room', pipeline: 'housekeeping' }))).toBe(false);
  });

  it('asks for property and any of the units', () => {
    const filter = filterOf({ property: 'p1', unit: 'u1,u2' });

    expect(matchesPlace(filter, { property: 'p1', units: ['u9', 'u2'] })).toBe(true);
    expect(matchesPlace(filter, { property: 'p2', units: ['u2'] })).toBe(false);
    expect(matchesPlace(filter, { property: 'p1', units: [] })).toBe(false);
    expect(matchesPlace(filter, { property: null, units: ['u1'] })).toBe(false);
  });

  it('lets a record without a place through where no place is asked for', () => {
    expect(limitsPlace(filterOf({}))).toBe(false);
    expect(matchesPlace(filterOf({}), { property: null, units: [] })).toBe(true);
  });
});
