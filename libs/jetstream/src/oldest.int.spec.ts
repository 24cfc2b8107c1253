import { eventually } from '@roomwire/testkit';
import { StrategyBench } from './testing/strategy-bench.ts';
import { oldestUnsettledMs } from './oldest.ts';
import { CONSUMERS } from './topology.ts';
import { done } from './verdict.ts';

describe('oldestUnsettledMs', () => {
  it('is the age of the first message that nobody has settled, and none when all are', async () => {
    await using bench = await StrategyBench.start();
    const plan = CONSUMERS.find(({ name }) => name === 'normalizer-live')!;
    const tenant = await bench.tenant();
    const age = (nowMs: number) => oldestUnsettledMs(bench.bus, { tenant, plan }, nowMs);
    expect(await age(Date.now())).toBe(0);

    await bench.raw(tenant, {});
    const inAMinute = await age(Date.now() + 60_000);
    await bench.raw(tenant, {});

    expect(inAMinute).toBeGreaterThanOrEqual(60_000);
    expect(await age(Date.now() + 60_000)).toBeGreaterThanOrEqual(inAMinute);
    bench.serve({ 'normalizer-live': () => done });
    await eventually(async () => expect(await age(Date.now() + 60_000)).toBe(0));
    await bench.stopAll();
  });
});
