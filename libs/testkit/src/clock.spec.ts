import { testClock } from './clock.ts';

describe('testClock', () => {
  it('stands still until it is moved', async () => {
    const clock = testClock(1_000);
    expect(clock.now()).toBe(1_000);

    await clock.advance(500);

    expect(clock.now()).toBe(1_500);
  });

  it('wakes each sleeper at its own instant, the earliest first', async () => {
    const clock = testClock(0);
    const woken: [string, number][] = [];
    const sleeper = (name: string, ms: number) => clock.sleep(ms).then(() => woken.push([name, clock.now()]));
    void sleeper('late', 300);
    void sleeper('early', 100);

    await clock.advance(350);

    expect(woken).toEqual([
      ['early', 100],
      ['late', 300],
    ]);
  });

  it('lets sleep whose time has not come', async () => {
    const clock = testClock(0);
    void clock.sleep(300);

    await clock.advance(250);

    expect(clock.sleepers).toEqual([50]);
  });

  it('wakes also who falls asleep again on the way', async () => {
    const clock = testClock(0);
    let beats = 0;
    void (async () => {
      for (;;) {
        await clock.sleep(10);
        beats += 1;
      }
    })();

    await clock.advance(35);

    expect(beats).toBe(3);
  });

  it('jumps backwards without waking anybody', async () => {
    const clock = testClock(1_000);
    void clock.sleep(10);

    clock.set(500);

    expect(clock.now()).toBe(500);
    expect(clock.sleepers).toEqual([510]);
  });
});
