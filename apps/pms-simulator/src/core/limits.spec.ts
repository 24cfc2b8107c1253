import fc from 'fast-check';
import { admitCall, SlidingWindow } from './limits.ts';

const WINDOW_MS = 10_000;
const CALLS_PER_ADDRESS = 15;
const CALLS_PER_ACCOUNT = 20;

/** Instants of calls: bursts, pauses, and steps that end just before, at and just behind the end of a window. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.nat(3_000) },
  { weight: 1, arbitrary: fc.integer({ min: WINDOW_MS - 2, max: WINDOW_MS + 1 }) },
);
const instants = fc
  .array(step, { minLength: 60, maxLength: 200 })
  .map((steps) => steps.reduce<number[]>((all, wait) => [...all, (all.at(-1) ?? 0) + wait], []));

const inWindow = (taken: readonly number[], until: number): number =>
  taken.filter((at) => at >= until - WINDOW_MS && at <= until).length;

describe('the limits of calls', () => {
  it.each([CALLS_PER_ADDRESS, CALLS_PER_ACCOUNT])('let %i calls through in no matter which 10 s, and not one fewer', (limit) => {
    fc.assert(
      fc.property(instants, (calls) => {
        const window = new SlidingWindow(limit, WINDOW_MS);
        const taken: number[] = [];
        for (const at of calls) {
          const had = inWindow(taken, at);
          const admitted = admitCall([window], at);
          expect(admitted).toBe(had < limit);
          if (admitted) taken.push(at);
        }
        for (const at of calls) expect(inWindow(taken, at)).toBeLessThanOrEqual(limit);
        expect(window.refused).toBe(calls.length - taken.length);
      }),
    );
  });

  it('hold both at once, and a refused call takes a place in neither', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2_000), fc.nat(2))), (steps) => {
        const account = new SlidingWindow(CALLS_PER_ACCOUNT, WINDOW_MS);
        const addresses = [0, 1, 2].map(() => new SlidingWindow(CALLS_PER_ADDRESS, WINDOW_MS));
        const taken: [number, number][] = [];
        let now = 0;
        for (const [step, who] of steps) {
          now += step;
          if (admitCall([addresses[who]!, account], now)) taken.push([now, who]);
        }
        const ofAccount = taken.map(([at]) => at);
        for (const [at, who] of taken) {
          const ofAddress = taken.filter(([, other]) => other === who).map(([other]) => other);
          expect(inWindow(ofAccount, at)).toBeLessThanOrEqual(CALLS_PER_ACCOUNT);
          expect(inWindow(ofAddress, at)).toBeLessThanOrEqual(CALLS_PER_ADDRESS);
        }
      }),
    );
  });

  it('leave room in the account for another address when one is full', () => {
    const account = new SlidingWindow(CALLS_PER_ACCOUNT, WINDOW_MS);
    const [one, other] = [new SlidingWindow(CALLS_PER_ADDRESS, WINDOW_MS), new SlidingWindow(CALLS_PER_ADDRESS, WINDOW_MS)];
    for (let call = 0; call < 40; call++) admitCall([one, account], 0);

    const admitted = Array.from({ length: 10 }, () => admitCall([other, account], 0));

    expect(admitted.filter(Boolean)).toHaveLength(CALLS_PER_ACCOUNT - CALLS_PER_ADDRESS);
    expect({ one: one.refused, account: account.refused, highest: account.highest }).toEqual({
      one: 25,
      account: 5,
      highest: 20,
    });
  });
});
