import { context, type Counter, type Meter } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { Log } from './log.ts';
import { counter } from './metrics.ts';
import { traceWith } from './span.ts';
import type { Tracing, TracingOptions } from './tracing.ts';

/** Part of the ten seconds that a process has to drain. */
const FLUSH_MS_MAX = 1_000;
/** Spans that wait for a collector; what comes while it is full is dropped. About 3 MB. */
const QUEUE_MAX = 4_096;
const LIMITS = { attributeValueLengthLimit: 512, attributeCountLimit: 48, linkCountLimit: 8, eventCountLimit: 0 };

/**
 * Registers the SDK: from here on spans are recorded and exported, in batches, aside from all work. A collector that is slow, away or
 * refuses costs spans and nothing else; it is said once for each outage.
 */
export function startSdk(options: TracingOptions, { log, meter }: { log: Log; meter: Meter }): Tracing {
  const { service, version, instance, url, headers, timeoutMs, delayMs } = options;
  const spans = counter(meter, 'roomwire_spans_total');
  const exporter = new Watched(new OTLPTraceExporter({ url, headers, timeoutMillis: timeoutMs }), spans, log);
  const batches = new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: delayMs,
    maxQueueSize: QUEUE_MAX,
    exportTimeoutMillis: timeoutMs + 1_000,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      ...options.resource,
      ...{ 'service.name': service, 'service.version': version, 'service.instance.id': instance },
      'service.namespace': 'roomwire',
    }),
    sampler: samplerOf(options),
    spanLimits: LIMITS,
    spanProcessors: [counting(spans), batches],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  traceWith(provider.getTracer('roomwire'));
  return {
    close: async () => {
      traceWith(undefined);
      const { promise: late, resolve } = Promise.withResolvers<'late'>();
      const timer = setTimeout(() => resolve('late'), FLUSH_MS_MAX);
      const flushed = provider.shutdown().catch(() => undefined); // why, the exporter has said
      if ((await Promise.race([flushed, late])) === 'late') log.warn('traces: not all were taken in time');
      clearTimeout(timer);
      context.disable();
    },
  };
}

function samplerOf({ sampler, ratio }: TracingOptions): Sampler {
  const root = sampler.endsWith('traceidratio')
    ? new TraceIdRatioBasedSampler(ratio)
    : sampler.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new AlwaysOnSampler();
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

/** `ended` less `exported` less `failed` is what waits or was dropped. */
function counting(spans: Counter): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      if (span.spanContext().traceFlags & 1) spans.add(1, { outcome: 'ended' });
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

/** Counts what becomes of the spans, and speaks when that changes. */
class Watched implements SpanExporter {
  private failing = false;

  constructor(
    private readonly inner: SpanExporter,
    private readonly spans: Counter,
    private readonly log: Log,
  ) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.inner.export(spans, (result) => {
      const failed = Number(result.code) !== 0;
      this.spans.add(spans.length, { outcome: failed ? 'failed' : 'exported' });
      // What a collector answers is its own affair: not quoted.
      if (failed && !this.failing) this.log.warn({ reason: result.error?.name }, 'traces: the collector does not take them');
      if (!failed && this.failing) this.log.info('traces: the collector takes them again');
      this.failing = failed;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.inner.forceFlush?.();
  }
}
