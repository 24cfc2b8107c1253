import type { ConflictSide, Review } from '@roomwire/events';
import { chosenSide, conflictText, isWanted, type Shown } from './conflict-view.ts';

const SIDES: ConflictSide[] = [
  {
    ...{ what: 'reservation', connection: 'c1', reservation: '40', status: 'confirmed', guest: null },
    ...{ arrival: '2026-07-01', departure: '2026-07-03' },
  },
  { what: 'availability', connection: 'c1', unitType: '40', available: 1 },
  { what: 'availability', connection: 'c2', unitType: '7', available: 2 },
];
const shown: Shown = {
  ...{ tenant: 'acme', id: 'c-0123456789ab', kind: 'availability', status: 'chosen', revision: 3, sides: SIDES },
  ...{ property: 'p-1', unit: 'u-1', unitType: null, place: 's-1', firstNight: '2026-07-01', lastNight: '2026-07-02' },
  ...{ since: '2026-06-01T00:00:00.000Z', chosen: { what: 'availability', connection: 'c1', entity: '40' } },
};

describe('chosenSide', () => {
  it('is who is called so, by the kind too where two are', () => {
    expect(chosenSide(shown, 'c2/7')).toEqual({ what: 'availability', connection: 'c2', entity: '7' });
    expect(chosenSide(shown, 'availability:c1/40')).toEqual(shown.chosen);
    expect(chosenSide(shown, 'reservation:c1/40')).toMatchObject({ what: 'reservation' });
  });

  it('is not guessed', () => {
    expect(() => chosenSide(shown, 'c1/40')).toThrow('more than one side is called "c1/40"');
    expect(() => chosenSide(shown, 'c1/4')).toThrow('it has no side "c1/4"');
  });
});

describe('conflictText', () => {
  it('marks the side that counts, and says who decided why', () => {
    const review = { choice: 'chosen', by: 'ada\u001b', at: '2026-06-02T00:00:00.000Z', reason: 'asked her' } as Review;

    const lines = conflictText(shown, review).split('\n');

    expect(lines[2]).toBe('chosen by ada\\u001b at 2026-06-02T00:00:00.000Z: asked her');
    expect(lines.filter((line) => line.endsWith('chosen'))).toEqual([expect.stringMatching(/^availability +c1\/40 /)]);
  });
});

it('what was decided waits for nobody', () => {
  expect([isWanted(shown, {}), isWanted(shown, { all: true }), isWanted({ ...shown, status: 'open' }, {})]).toEqual([
    false,
    true,
    true,
  ]);
});
