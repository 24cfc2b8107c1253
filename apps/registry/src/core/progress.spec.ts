import { inWords, paceOf } from './progress.ts';

describe('paceOf', () => {
  it('goes by what was done so far', () => {
    expect(paceOf({ step: 'feeding', done: 2_000, total: 10_000, elapsedMs: 500 })).toEqual({ perSecond: 4_000, leftMs: 2_000 });
  });

  it('promises nothing before anything is done, and nothing below zero where more came than was there', () => {
    expect(paceOf({ step: 'feeding', done: 0, total: 10, elapsedMs: 0 })).toEqual({ perSecond: 0, leftMs: null });
    expect(paceOf({ step: 'feeding', done: 12, total: 10, elapsedMs: 10 }).leftMs).toBe(0);
  });
});

describe('inWords', () => {
  it('says how long and how far', () => {
    expect(inWords({ step: 'deriving', done: 250, total: 1_000, elapsedMs: 1_000 })).toBe(
      'rebuilding: 250 of 1000 rooms derived anew in 1.0 s, about 3.0 s to go',
    );
    expect(inWords({ step: 'feeding', done: 0, total: 7, elapsedMs: 40 })).toBe(
      'rebuilding: 0 of 7 messages of STATE fed into redis in 0.0 s',
    );
  });
});
