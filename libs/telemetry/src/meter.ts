import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Meter } from '@opentelemetry/api';

export type { Meter };
export type Telemetry = {
  meter: Meter;
  /** Everything measured so far, in Prometheus' text format. */
  metricsText(): Promise<string>;
  close(): Promise<void>;
};

/** Opens no port: the chassis serves the text. */
export function createMeter(service: string): Telemetry {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ resource: resourceFromAttributes({ 'service.name': service }), readers: [reader] });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  return {
    meter: provider.getMeter('roomwire'),
    async metricsText() {
      const { resourceMetrics, errors } = await reader.collect();
      // A broken observer must not hide what the others say.
      const problems = errors.map((error) => `# ${String(error).replaceAll('\n', ' ')}\n`).join('');
      return problems + serializer.serialize(resourceMetrics);
    },
    close: () => provider.shutdown(),
  };
}
