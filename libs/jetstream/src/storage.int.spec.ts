import { createMeter } from '@roomwire/telemetry';
import { eventually } from '@roomwire/testkit';
import { storageOf, watchStorage } from './storage.ts';
import { StrategyBench } from './testing/strategy-bench.ts';

describe('watchStorage', () => {
  it('tells what each stream holds, and of its limit the share', async () => {
    await using bench = await StrategyBench.start();
    const tenant = await bench.tenant();
    await bench.raw(tenant, { text: 'x'.repeat(10_000) });
    const { meter, metricsText, close } = createMeter('spec');

    const stop = watchStorage(bench.bus, meter, () => [tenant, 'nobody']);

    const work = (await storageOf(bench.bus, tenant)).find(({ stream }) => stream === 'WORK')!;
    expect(work.bytes).toBeGreaterThan(10_000);
    await eventually(async () => {
      const text = await metricsText();
      expect(text).toContain(`roomwire_storage_bytes{tenant="${tenant}",stream="WORK"} ${work.bytes}`);
      expect(text).toContain(`roomwire_storage_filled_ratio{tenant="${tenant}",stream="WORK"} ${work.bytes / work.bytesMax}`);
      expect(text).not.toContain('nobody');
    });
    stop();
    await close();
    await bench.stopAll();
  });
});
