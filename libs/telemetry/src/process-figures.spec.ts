import { eventually } from '@roomwire/testkit';
import { createMeter } from './meter.ts';
import { watchProcess } from './process-figures.ts';

describe('watchProcess', () => {
  it('tells how late the event loop was since the last look, and what the process uses', async () => {
    const { meter, metricsText, close } = createMeter('spec');
    watchProcess(meter);
    const figure = async (name: string): Promise<number> => {
      const line = (await metricsText()).split('\n').find((text) => text.startsWith(name));
      return line === undefined ? NaN : Number(line.split(' ')[1]);
    };
    const worst = () => figure('roomwire_event_loop_lag_seconds{quantile="1"}');
    await eventually(async () => expect(await worst()).toBeGreaterThanOrEqual(0));

    // More than once: what happens right after a look is not seen.
    await eventually(async () => {
      const until = performance.now() + 150;
      while (performance.now() < until);
      // As a request would come: after the timers that are late.
      for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
      expect(await worst()).toBeGreaterThan(0.1);
    });
    await eventually(async () => expect(await worst()).toBeLessThan(0.1));
    expect(await figure('roomwire_process_cpu_seconds_total{mode="user"}')).toBeGreaterThan(0.1);
    expect(await figure('roomwire_process_resident_bytes')).toBeGreaterThan(10_000_000);
    await close();
  });
});
