import type { Meter } from '@opentelemetry/api';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gauge, observedCounter } from './metrics.ts';

const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;
/** How often the event loop is looked at, milliseconds. A lag below it is not seen. */
const RESOLUTION_MS = 20;

/** What an operator asks of a process before anything else. The lag is that since it was last asked for; of the first two periods after that it knows nothing. */
export function watchProcess(meter: Meter): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  gauge(meter, 'roomwire_event_loop_lag_seconds').addCallback((result) => {
    // The timer's own period is part of what is measured.
    const lag = (ns: number): number => Math.max(0, ns / NANOSECONDS - RESOLUTION_MS / 1_000);
    // Whoever looks more often than that would only ever see it begin anew.
    if (delay.count === 0) return;
    result.observe(lag(delay.percentile(50)), { quantile: '0.5' });
    result.observe(lag(delay.percentile(99)), { quantile: '0.99' });
    result.observe(lag(delay.max), { quantile: '1' });
    delay.reset();
  });
  observedCounter(meter, 'roomwire_process_cpu_seconds_total').addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe(user / MICROSECONDS, { mode: 'user' });
    result.observe(system / MICROSECONDS, { mode: 'system' });
  });
  gauge(meter, 'roomwire_process_resident_bytes').addCallback((result) => result.observe(process.memoryUsage.rss()));
}
