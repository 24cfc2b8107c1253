import fc from 'fast-check';
import { CLOSED, entered, failedOnce, givenBack, hastened, isForgotten, pauseMs, waitOf, type Breaker } from './breaker.ts';

const RULES = { failuresMost: 3, leastMs: 5_000, mostMs: 60_000 };
/** Of the spread the middle. */
const EVEN = 0.5;
const after = (...by: string[]): Breaker => by.reduce((breaker, who) => failedOnce(breaker, who, RULES, 1_000, EVEN), CLOSED);

describe('a breaker', () => {
  it('is closed until enough have failed, each counted once', () => {
    expect(waitOf(CLOSED, RULES, 0)).toBe(0);
    expect(waitOf(after('a', 'b', 'a', 'b', 'b'), RULES, 1_000)).toBe(0);
    expect(waitOf(after('a', 'b', 'c'), RULES, 1_000)).toBe(5_000);
    expect(entered(after('a', 'b'), 1_000)).toEqual(after('a', 'b'));
  });

  it('is not told by those who were on the way when it opened', () => {
    expect(after('a', 'b', 'c', 'd', 'e')).toEqual(after('a', 'b', 'c'));
  });

  it('lets one go after the pause, and the others only when it is known what became of that one', () => {
    const open = after('a', 'b', 'c');
    expect(waitOf(open, RULES, 5_999)).toBe(1);
    expect(waitOf(open, RULES, 6_000)).toBe(0);
    const probing = entered(open, 6_000);
    expect(waitOf(probing, RULES, 6_000)).toBe(RULES.leastMs);
    const again = failedOnce(probing, 'd', RULES, 7_000, EVEN);
    expect([again.opened, waitOf(again, RULES, 7_000)]).toEqual([2, 10_000]);
  });

  it('has the next one go where the one told nothing, and where it never came back', () => {
    const probing = entered(after('a', 'b', 'c'), 6_000);
    expect(waitOf(givenBack(probing, 6_100), RULES, 6_100)).toBe(0);
    expect(waitOf(probing, RULES, 65_999)).toBe(1);
    expect(waitOf(probing, RULES, 66_000)).toBe(0);
  });

  it('opens no later for being hastened, and is left alone while somebody sees', () => {
    const open = after('a', 'b', 'c');
    expect(waitOf(hastened(open, RULES, 2_000, 0.2), RULES, 2_000)).toBe(1_000);
    expect(hastened(open, RULES, 5_000, 0.9)).toEqual(open);
    const probing = entered(open, 6_000);
    expect(hastened(probing, RULES, 6_000, 0)).toEqual(probing);
  });

  it('is forgotten an hour after anybody asked', () => {
    expect(isForgotten(after('a', 'b', 'c'), 6_000 + 3_600_000)).toBe(false);
    expect(isForgotten(after('a', 'b', 'c'), 6_001 + 3_600_000)).toBe(true);
  });

  it('has pauses that double, within their bounds, whatever chance says', () => {
    expect([1, 2, 3, 4, 5, 99].map((opened) => pauseMs(opened, RULES, EVEN))).toEqual([
      5_000, 10_000, 20_000, 40_000, 60_000, 60_000,
    ]);
    const bounds = fc.record({ leastMs: fc.integer({ min: 1, max: 1e6 }), mostMs: fc.integer({ min: 1, max: 1e8 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        bounds,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (opened, pauses, random) => {
          const ms = pauseMs(opened, { ...RULES, ...pauses }, random);
          const least = Math.min(pauses.leastMs, pauses.mostMs);
          expect(ms).toBeGreaterThanOrEqual(Math.floor(0.75 * least));
          expect(ms).toBeLessThanOrEqual(Math.ceil(1.25 * pauses.mostMs));
        },
      ),
    );
  });

  it('lets never more than one go between two openings, whatever happens in whichever order', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('failed' as const), by: fc.constantFrom('a', 'b', 'c', 'd') }),
      fc.record({ kind: fc.constantFrom('ask' as const, 'back' as const) }),
      fc.record({ kind: fc.constant('later' as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let [breaker, now, under]: [Breaker, number, boolean] = [after('a', 'b', 'c'), 1_000, false];
        for (const each of steps) {
          if (each.kind === 'later') now += each.ms;
          if (each.kind === 'failed') [breaker, under] = [failedOnce(breaker, each.by, RULES, now, EVEN), false];
          if (each.kind === 'back' && under) [breaker, under] = [givenBack(breaker, now), false];
          const given = breaker.probing && now >= breaker.until;
          if (each.kind === 'ask' && waitOf(breaker, RULES, now) === 0) {
            expect(under && !given).toBe(false);
            [breaker, under] = [entered(breaker, now), true];
          }
        }
      }),
    );
  });
});
