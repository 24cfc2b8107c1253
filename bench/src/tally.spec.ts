import { Tally } from './tally.ts';

describe('who arrived', () => {
  it('is charged from the instant that was due', () => {
    const tally = new Tally(2);
    tally.sent(0, 7, 1, 100);
    tally.sent(1, 8, 1, 105);

    expect(tally.shown(8, 1, 125)).toEqual([1]);
    expect(tally.shown(7, 1, 130)).toEqual([0]);
    expect([...tally.latencies()]).toEqual([30, 20]);
    expect(tally).toMatchObject({ arrivals: 2, superseded: 0, repeated: 0 });
  });

  it('arrives with a later change of the same room, and with no other', () => {
    const tally = new Tally(4);
    for (const [index, version] of [1, 2, 3].entries()) tally.sent(index, 7, version, index);
    tally.sent(3, 8, 1, 3);

    expect(tally.shown(7, 2, 50)).toEqual([0, 1]);
    expect(tally).toMatchObject({ arrivals: 2, superseded: 1 });
    expect([...tally.latencies()]).toEqual([50, 49]);
    expect(tally.shown(7, 3, 60)).toEqual([2]);
  });

  it('arrives once: a change that shows nothing new is none', () => {
    const tally = new Tally(2);
    tally.sent(0, 7, 1, 0);
    tally.sent(1, 7, 2, 10);
    tally.shown(7, 1, 20);

    expect(tally.shown(7, 1, 90)).toEqual([]);
    expect(tally.shown(9, 1, 90)).toEqual([]);
    expect(tally).toMatchObject({ arrivals: 1, repeated: 2 });
    expect([...tally.latencies()]).toEqual([20]);
  });

  it('never arrives where it was refused, even when a later one is shown', () => {
    const tally = new Tally(2);
    tally.sent(0, 7, 1, 0);
    tally.sent(1, 7, 2, 10);
    tally.refused(0, 7);

    expect(tally.shown(7, 2, 30)).toEqual([1]);
    expect([...tally.latencies()]).toEqual([20]);
  });

  it('takes versions of a room in order only, or an older one would stand for a later one', () => {
    const tally = new Tally(2);
    tally.sent(0, 7, 2, 0);

    expect(() => tally.sent(1, 7, 2, 1)).toThrow('not later');
  });
});
