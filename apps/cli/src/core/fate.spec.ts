import { fateBy, fateOf, noSigns, type Signs } from './fate.ts';

const raw = (more: Partial<Signs>): Signs => ({ ...noSigns(true), ...more });
const one = (more: Partial<Signs>): Signs => ({ ...noSigns(false), ...more });
const dead = (stage: string, isWhole = false) => ({ id: 't:9', stage, reason: 'schema', isWhole });

describe('what became of a replay', () => {
  it.each([
    [['applied'], 'replayed', 'applied'],
    [['stale', 'confirmed', 'stale'], 'replayed', '2 stale, confirmed'],
    [['hinted'], 'replayed', 'hinted'],
    [['read'], 'replayed', 'read'],
    [['stale', 'duplicate', 'ignored'], 'superseded', 'stale, duplicate, ignored'],
    [['past'], 'superseded', 'past'],
    [[], 'superseded', ''],
  ])('of %j is %s', (verdicts, fate, detail) => {
    expect(fateOf(verdicts)).toMatchObject({ fate });
    expect(fateOf(verdicts).detail.split(', ').sort()).toEqual(detail.split(', ').sort());
  });

  it.each<[string, Signs, string | undefined]>([
    ['nothing yet', raw({}), undefined],
    ['all parts', raw({ parts: 2, verdicts: ['applied', 'stale'] }), 'replayed'],
    ['bytes without a fact', raw({ parts: 0 }), 'superseded'],
    ['a part is missing', raw({ parts: 2, verdicts: ['applied'] }), undefined],
    ['parts before it is known how many there are', raw({ verdicts: ['applied'] }), undefined],
    ['rejected, its letter not stored yet', raw({ parts: 1, verdicts: ['rejected'] }), undefined],
    ['rejected again', raw({ parts: 1, verdicts: ['rejected'], died: [dead('normalizer-live')] }), 'failed-again'],
    ['all of it rejected', raw({ died: [dead('normalizer-live', true)] }), 'failed-again'],
    [
      'a part that the registry refuses',
      raw({ parts: 2, verdicts: ['applied'], died: [dead('registry-bulk', true)] }),
      'failed-again',
    ],
    ['a part that the registry refuses, another to come', raw({ parts: 2, died: [dead('registry-bulk', true)] }), undefined],
    ['an event', one({ verdicts: ['stale'] }), 'superseded'],
    ['an event nobody took yet', one({}), undefined],
    ['an event that dies again', one({ died: [dead('registry-bulk')] }), 'failed-again'],
  ])('%s', (_, signs, fate) => {
    expect(fateBy(signs)?.fate).toBe(fate);
  });
});
