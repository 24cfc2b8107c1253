import { subjectOf } from '@roomwire/events';
import { bytesOf, reservation, room } from '../testing/announcements.ts';
import { readFacts } from './facts.ts';

describe('readFacts', () => {
  it('knows where a room is and what brought its change about', () => {
    const told = room({ unit: 'u7', property: 'p3', revision: 4, pipeline: 'housekeeping' });

    expect(readFacts('t1', told.subject, bytesOf(told))).toMatchObject({
      ok: true,
      facts: { kind: 'room', pipeline: 'housekeeping', revision: 4, confirmed: false, place: { property: 'p3', units: ['u7'] } },
    });
  });

  it('knows where a record stands, where it stood, and that it is only confirmed', () => {
    const previous = { property: 'p1', units: ['u1', 'u2'] };
    const told = reservation({ id: 'R 1', revision: 2, place: { property: null, units: [] }, previous, confirmed: true });

    const read = readFacts('t1', told.subject, bytesOf(told));

    expect(read).toMatchObject({ ok: true, facts: { confirmed: true, place: { property: null, units: [] }, previous } });
  });

  it('knows the house of a conflict about a type of several doors, which is in no unit', () => {
    const { change } = room({ unit: 'u1', revision: 1 });
    const conflict = { kind: 'overbooked', property: 'p1', unit: null, unitType: 'ut1' };
    const told = { ...change, type: 'roomwire.conflict.open', data: conflict };
    const subject = subjectOf({ tenant: 't1', family: 'change', kind: 'conflict', scope: 'ut1', entity: 'c-1' });

    const read = readFacts('t1', subject, new TextEncoder().encode(JSON.stringify(told)));

    expect(read).toMatchObject({ ok: true, facts: { kind: 'conflict', place: { property: 'p1', units: [] } } });
  });

  it.each([
    ['the body of another tenant', { tenant: 't2' }],
    ['the body of another kind', { type: 'roomwire.task.changed' }],
    ['a body without a revision', { revision: undefined }],
    ['a revision of zero', { revision: 0 }],
  ])('refuses %s under a subject of this one', (_name, wrong) => {
    const { subject, change } = room({ unit: 'u1', revision: 1 });
    const json = new TextEncoder().encode(JSON.stringify({ ...change, ...wrong }));

    expect(readFacts('t1', subject, json).ok).toBe(false);
  });

  it('refuses what is not JSON, and a subject of another tenant', () => {
    const told = room({ unit: 'u1', revision: 1 });

    expect(readFacts('t1', told.subject, new TextEncoder().encode('{')).ok).toBe(false);
    expect(readFacts('t2', told.subject, bytesOf(told)).ok).toBe(false);
  });
});
