import { eventually } from '@roomwire/testkit';
import { StrategyBench } from './testing/strategy-bench.ts';
import { unsettled } from './oldest.ts';
import { CONSUMERS } from './topology.ts';
import { done } from './verdict.ts';

describe('unsettled', () => {
  it('tells how many nobody has settled and how old the first is, and nothing when all are', async () => {
    await using bench = await StrategyBench.start();
    const plan = CONSUMERS.find(({ name }) => name === 'normalizer-live')!;
    const tenant = await bench.tenant();
    const look = (nowMs: number) => unsettled(bench.bus, { tenant, plan }, nowMs);
    const age = async (nowMs: number) => (await look(nowMs)).oldestMs;
    expect(await look(Date.now())).toEqual({ count: 0, oldestMs: 0 });

    // A consumer may hear of a message after its publisher's acknowledgement.
    const counts = (count: number) => eventually(async () => expect((await look(Date.now())).count).toBe(count));
    await bench.raw(tenant, {});
    await counts(1);
    const inAMinute = await age(Date.now() + 60_000);
    await bench.raw(tenant, {});

    await counts(2);
    expect(inAMinute).toBeGreaterThanOrEqual(60_000);
    expect(await age(Date.now() + 60_000)).toBeGreaterThanOrEqual(inAMinute);
    bench.serve({ 'normalizer-live': () => done });
    await eventually(async () => expect(await look(Date.now() + 60_000)).toEqual({ count: 0, oldestMs: 0 }));
    await bench.stopAll();
  });
});
