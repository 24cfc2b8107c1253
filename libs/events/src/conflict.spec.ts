import { review } from './catalog.ts';
import { isSide, sideIdOf, sideName, type ConflictSide } from './conflict.ts';

const SIDES: ConflictSide[] = [
  {
    ...{ what: 'reservation', connection: 'c1', reservation: '40', status: 'confirmed', guest: null },
    ...{ arrival: '2026-07-01', departure: '2026-07-03' },
  },
  { what: 'availability', connection: 'c1', unitType: '40', available: 1 },
  { what: 'rate', connection: 'c1', unitType: '41', currency: 'EUR', lowestMinor: 1, highestMinor: 2 },
  { what: 'message', connection: 'c2', message: 'a/b', reservation: null, sentAt: null },
];

describe('a side of a conflict', () => {
  it('is called by its provider’s words, which two kinds of one connection may share', () => {
    expect(SIDES.map(sideName)).toEqual(['c1/40', 'c1/40', 'c1/41', 'c2/a/b']);
    expect(SIDES.map(sideIdOf).map(sideName)).toEqual(SIDES.map(sideName));
  });

  it('is found by its id alone', () => {
    for (const side of SIDES) expect(SIDES.filter((each) => isSide(sideIdOf(side), each))).toEqual([side]);
  });
});

describe('review', () => {
  const decided = { conflict: 'c-0123456789ab', place: 'u-1', sides: 'a'.repeat(64), by: 'ada', reason: 'why' };
  const at = '2026-11-21T06:00:00.000Z';
  const chosen = { what: 'message', connection: 'c2', entity: 'a/b' };

  it.each([{ choice: 'dismissed' }, { choice: 'reread' }, { choice: 'chosen', chosen }])('takes %j', (choice) => {
    expect(review.parse({ ...decided, at, ...choice })).toMatchObject(choice);
  });

  it.each([{ choice: 'chosen' }, { choice: 'dismissed', chosen }, { choice: 'resolved' }])('refuses %j', (choice) => {
    expect(review.safeParse({ ...decided, at, ...choice }).success).toBe(false);
  });
});
