import fc from 'fast-check';
import { DEFAULT_RETRY, NAK_DELAY_MAX_MS, type RetryPolicy } from './backoff.ts';
import { settle } from './settle.ts';
import { defer, done, drop, park, reject, retry, type Verdict } from './verdict.ts';

const policy: RetryPolicy = { attemptsMax: 10, firstMs: 500, delayMaxMs: 60_000 };
const plain = 0.5; // no jitter

describe('settle', () => {
  it.each<[string, Verdict, number, unknown]>([
    ['done', done, 1, { kind: 'ack' }],
    ['done after the last attempt', done, 99, { kind: 'ack' }],
    ['drop', drop('stale'), 3, { kind: 'ack' }],
    ['reject', reject('bad', 'why', '/a/1'), 1, { kind: 'dead', reason: 'bad', detail: 'why', pointer: '/a/1' }],
    ['reject without more', reject('bad'), 1, { kind: 'dead', reason: 'bad' }],
    ['defer', defer('no-permit', 40), 1, { kind: 'later', delayMs: 40 }],
    ['defer never counts', defer('no-permit', 40), 99, { kind: 'later', delayMs: 40 }],
    ['park', park('lapsed', 40, 'c1'), 1, { kind: 'later', delayMs: 40, parkedFor: 'c1' }],
    ['defer into the past', defer('no-permit', -5), 1, { kind: 'later', delayMs: 0 }],
    ['the first retry', retry('later'), 1, { kind: 'nak', delayMs: 500 }],
    ['the last but one', retry('later'), 9, { kind: 'later', delayMs: 60_000 }],
    ['the last', retry('later'), 10, { kind: 'dead', reason: 'exhausted', detail: 'later' }],
    ['beyond the last', retry('later'), 11, { kind: 'dead', reason: 'exhausted', detail: 'later' }],
    ['a delay that the other side named', retry('429', 1_200), 4, { kind: 'nak', delayMs: 1_200 }],
    ['no delay at all', retry('429', 0), 4, { kind: 'nak', delayMs: 0 }],
    ['just what a nak may wait', retry('429', NAK_DELAY_MAX_MS), 1, { kind: 'nak', delayMs: NAK_DELAY_MAX_MS }],
    ['one more than a nak may wait', retry('429', NAK_DELAY_MAX_MS + 1), 1, { kind: 'later', delayMs: NAK_DELAY_MAX_MS + 1 }],
  ])('%s', (_, verdict, attempt, expected) => {
    expect(settle(verdict, attempt, policy, plain)).toEqual(expected);
  });

  it('lets no delayed nak wait where many wait already', () => {
    expect(settle(retry('later'), 1, { ...policy, nakDelayMaxMs: 0 }, plain)).toEqual({ kind: 'later', delayMs: 500 });
  });

  it('never holds a nak longer than it may, and ends every message that is retried for ever', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.option(fc.integer({ min: -1_000, max: 10_000_000 }), { nil: undefined }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, afterMs, random) => {
          const settled = settle(retry('r', afterMs), attempt, DEFAULT_RETRY, random);
          if (attempt >= DEFAULT_RETRY.attemptsMax) expect(settled.kind).toBe('dead');
          else if (settled.kind === 'nak') expect(settled.delayMs).toBeLessThanOrEqual(NAK_DELAY_MAX_MS);
          else expect(settled).toMatchObject({ kind: 'later' });
          if ('delayMs' in settled) expect(settled.delayMs).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
