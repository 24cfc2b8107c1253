import fc from 'fast-check';
import { ledgerOf } from './ledger.ts';
import { holds, overlap } from './reservation.ts';
import { HOOKS, NOON, SpecWorld } from './spec-world.ts';
import { storyStep } from './story.ts';
import { standing } from './world.ts';

function tell(seed: string, steps: number, prepare: (spec: SpecWorld) => void = () => undefined): SpecWorld {
  const spec = new SpecWorld({ ...HOOKS, multiUnit: { listings: 1, units: 3 } }, seed);
  prepare(spec);
  for (let step = 0; step < steps; step++) storyStep(spec.world, (spec.now += 400));
  return spec;
}

describe('the story', () => {
  it('is the same for the same seed, and another for another', () => {
    const ledger = (seed: string): string => JSON.stringify(ledgerOf(tell(seed, 200).world, NOON));

    expect(ledger('a')).toBe(ledger('a'));
    expect(ledger('a')).not.toBe(ledger('b'));
  });

  it('does not change when a fault is turned on', () => {
    const story = (spec: SpecWorld): unknown => [
      standing(spec.account),
      spec.account.messages,
      [...spec.account.unitStatuses.values()],
    ];
    const faulty = tell('a', 200, ({ account }) =>
      Object.assign(account.faults, { duplicates: 0.5, omitUpdatedOn: 0.5, disorderMs: 300 }),
    );

    expect(story(faulty)).toEqual(story(tell('a', 200)));
  });

  it('never lets two stays have one door in one night', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const stays = standing(tell(seed, 300).account).filter(holds);
        const clashes = stays.flatMap((one, index) => stays.slice(index + 1).filter((other) => overlap(one, other)));
        expect(clashes).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  const touchedTwiceInOneSecond = (spec: SpecWorld): number => {
    const seen = spec.world.acts.filter(({ kind }) => kind === 'reservation').map(({ id, at }) => `${id} ${at.slice(0, 19)}`);
    return seen.length - new Set(seen).size;
  };

  it('touches no reservation twice in one second, unless ties are wanted', () => {
    const rushed = (ties: boolean): SpecWorld => {
      const spec = tell('a', 0, ({ account }) => (account.faults.ties = ties));
      for (let step = 0; step < 600; step++) storyStep(spec.world, (spec.now += 20));
      return spec;
    };

    expect(touchedTwiceInOneSecond(rushed(false))).toBe(0);
    expect(touchedTwiceInOneSecond(rushed(true))).toBeGreaterThan(0);
  });

  it('tells of everything that a house has', () => {
    const { world } = tell('a', 600);

    expect(new Set(world.acts.map(({ act }) => act))).toEqual(
      new Set([
        ...[
          'book',
          'confirm',
          'extend',
          'shorten',
          'cancel',
          'move',
          'lateCheckout',
          'earlyCheckin',
          'doorCode',
          'message',
          'reply',
        ],
        ...['unitStatus', 'task', 'ticket', 'announce'],
      ]),
    );
    expect(world.acts.map(({ sequence }) => sequence)).toEqual(world.acts.map((_, index) => index + 1));
  });

  it('begins with how every door stands', () => {
    const spec = tell('a', 0);

    const [delivery] = storyStep(spec.world, NOON)!.deliveries;

    expect((JSON.parse(delivery!.body) as { facts: object[] }).facts).toHaveLength(3 + 3);
  });

  it('starts around today: somebody is in the house, arrives and departs', () => {
    const stays = standing(new SpecWorld({ listings: 12 }).account);

    expect(stays.some((one) => one.arrivalDate < '2027-01-11' && one.departureDate > '2027-01-11')).toBe(true);
    expect(stays.some((one) => one.arrivalDate === '2027-01-11')).toBe(true);
    expect(stays.some((one) => one.departureDate === '2027-01-11')).toBe(true);
  });
});
