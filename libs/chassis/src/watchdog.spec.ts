import { tick, type Watching } from './watchdog.ts';

const look = (looks: [beat: number, at: number][]): Watching =>
  looks.reduce((last, [beat, at]) => tick(last, beat, at, 100), { beat: -1, at: 0, blockedMs: 0 });

describe('tick', () => {
  it('adds up for how long the beat has stood still', () => {
    expect(look([[1, 100], [1, 200], [1, 310]]).blockedMs).toBe(210); // prettier-ignore
  });

  it('begins anew with every beat', () => {
    expect(look([[1, 100], [1, 200], [2, 300]]).blockedMs).toBe(0); // prettier-ignore
  });

  it('counts a look that comes late, after a SIGCONT say, as two ticks at most', () => {
    expect(look([[1, 100], [1, 60_000]]).blockedMs).toBe(200); // prettier-ignore
  });
});
