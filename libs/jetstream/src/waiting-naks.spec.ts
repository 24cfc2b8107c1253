import { WaitingNaks } from './waiting-naks.ts';

describe('WaitingNaks', () => {
  it('are many from a hundred on, of one consumer of one tenant, until they have run out', () => {
    const naks = new WaitingNaks();
    for (let n = 0; n < 99; n++) naks.add('t1', 's', 1_000 + n);
    naks.add('t2', 's', 5_000);
    naks.add('t1', 'other', 5_000);
    expect(naks.areMany('t1', 's', 0)).toBe(false);
    naks.add('t1', 's', 5_000);
    expect(naks.areMany('t1', 's', 999)).toBe(true);
    expect(naks.areMany('t1', 's', 1_000)).toBe(false);
    expect(naks.areMany('t1', 's', 9_000)).toBe(false);
    expect(naks.areMany('t3', 's', 0)).toBe(false);
  });
});
