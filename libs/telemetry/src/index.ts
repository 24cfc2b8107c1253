export { hopFigure, type Hop } from './hop-figures.ts';
export { createLog, maskSecrets, type Log, type LogLevel } from './log.ts';
export { createMeter, type Meter, type Telemetry } from './meter.ts';
export { counter, gauge, histogram, METRICS, observedCounter, type MetricName } from './metrics.ts';
export { watchProcess } from './process-figures.ts';
export {
  activeTraceparent,
  inSpan,
  isTracing,
  startSpan,
  wordOf,
  type OpenSpan,
  type SpanAttributes,
  type SpanStart,
} from './span.ts';
export { traceId, traceparentOf } from './trace.ts';
export { SAMPLERS, startTracing, type Tracing, type TracingOptions } from './tracing.ts';
