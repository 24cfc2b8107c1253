export { createLog, maskSecrets, type Log, type LogLevel } from './log.ts';
export { createMeter, type Meter, type Telemetry } from './meter.ts';
export { counter, gauge, histogram, METRICS, type MetricName } from './metrics.ts';
export { traceId, traceparentOf } from './trace.ts';
