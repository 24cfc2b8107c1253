import { AsyncLocalStorage } from 'node:async_hooks';
import { createLog } from '@roomwire/telemetry';
import { eventually } from '@roomwire/testkit';
import type { Bus } from './bus.ts';
import { LaterLoop } from './later-loop.ts';
import { memoryLedger } from './memory-ledger.ts';

/** A stream that holds no copies: the looks are what counts. */
const bus = { nextOn: () => Promise.resolve(undefined), message: () => Promise.resolve(undefined) } as unknown as Bus;

describe('LaterLoop', () => {
  const loops: LaterLoop[] = [];
  afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));
  function looking(meanwhile: (look: number) => Promise<void> | void = () => undefined) {
    const looks: number[] = [];
    const ledger = memoryLedger();
    const counted = {
      ...ledger,
      due: async (...at: Parameters<typeof ledger.due>) => {
        const found = await ledger.due(...at);
        looks.push(Date.now());
        await meanwhile(looks.length);
        return found;
      },
    };
    const loop = new LaterLoop('t1', 's', { bus, ledger: counted, log: createLog('spec', 'silent') });
    loops.push(loop);
    return { loop, looks, ledger };
  }
  const gap = (looks: number[], n: number): number => looks[n]! - looks[n - 1]!;

  it('looks at once, and then seldom', async () => {
    const { looks } = looking();
    await eventually(() => expect(looks).toHaveLength(2));
    expect(gap(looks, 1)).toBeGreaterThanOrEqual(1_900);
  });

  it('is woken for what comes sooner, also during a look', async () => {
    const { loop, looks } = looking((look) => {
      if (look === 1) loop.wakeAt(Date.now() + 100);
    });
    await eventually(() => expect(looks).toHaveLength(2));
    expect(gap(looks, 1)).toBeLessThan(1_000);
    loop.wakeAt(Date.now() + 50);
    loop.wakeAt(Date.now() + 60_000);
    await eventually(() => expect(looks).toHaveLength(3));
    expect(gap(looks, 2)).toBeLessThan(1_000);
  });

  it('wakes for what somebody else has stored, when that is due', async () => {
    const { looks, ledger } = looking();
    await ledger.addDue('t1', 's', 5, Date.now() + 300);
    await eventually(() => expect(looks.length).toBeGreaterThanOrEqual(2));
    expect(gap(looks, 1)).toBeLessThan(1_000);
    await eventually(async () => expect((await ledger.due('t1', 's', Infinity, 9))?.seqs).toEqual([]));
  });

  it('looks in no context of whoever woke it: what waits belongs to another trace', async () => {
    const underWay = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const { loop, looks } = looking(() => void seen.push(underWay.getStore() ?? 'none'));
    await eventually(() => expect(looks).toHaveLength(1));
    await new Promise((resolve) => setImmediate(resolve)); // that look is over: a wake during one is heard in the look's context

    underWay.run('of another message', () => loop.wakeAt(Date.now()));

    // The look that it woke, and the one after, which that look asked for.
    await eventually(() => expect(seen).toEqual(['none', 'none', 'none']));
  });

  it('goes on after an error, and ends when it is stopped', async () => {
    const { loop, looks } = looking((look) => {
      if (look === 1) throw new Error('planted');
    });
    await eventually(() => expect(looks).toHaveLength(2));
    await loop.stop();
    loop.wakeAt(Date.now());
    const after = looks.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(looks).toHaveLength(after);
  });
});
