import { SAMPLERS, type TracingOptions } from '@roomwire/telemetry';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const address = z.url({ protocol: /^https?$/, error: 'expected an address like http://127.0.0.1:4318' });
/** `name=value,name=value`, values percent-encoded: OpenTelemetry's form for headers and attributes. */
const pairs = z.string().transform((text, context) => {
  const found: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
    if (at < 1 || name === '' || value === undefined)
      context.addIssue({ code: 'custom', message: 'expected name=value, comma separated' });
    else found[name] = value;
  }
  return found;
});
const ms = (meaning: string, byDefault: number) => z.coerce.number().int().min(1).default(byDefault).describe(meaning);

/** OpenTelemetry's own names and meanings, as far as we know them (docs/tracing.md). Without an endpoint nothing is traced. */
export const TRACING = {
  OTEL_EXPORTER_OTLP_ENDPOINT: address
    .optional()
    .describe('collector of traces (OTLP over HTTP, JSON); `/v1/traces` is added. Unset: none are made'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address.optional().describe('the same as a whole address; it wins'),
  OTEL_EXPORTER_OTLP_HEADERS: pairs
    .optional()
    .describe('headers of each export, `name=value`, comma separated; may hold a secret'),
  OTEL_EXPORTER_OTLP_TIMEOUT: ms('milliseconds that one export may take with its repeats', 5_000),
  OTEL_BSP_SCHEDULE_DELAY: ms('milliseconds for which a finished span waits for others to be exported with', 1_000),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS)
    .default('parentbased_always_on')
    .describe(`which traces are kept: ${SAMPLERS.join(', ')}`),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('with a `traceidratio` sampler the share of new traces that is kept, 0 to 1'),
  OTEL_RESOURCE_ATTRIBUTES: pairs.optional().describe('more attributes of every span’s resource, `name=value`, comma separated'),
  ROOMWIRE_VERSION: z.string().default('unversioned').describe('`service.version` of the traces; images set it'),
} satisfies Readonly<Record<string, z.ZodType>>;

type TracingEnvironment = { [K in keyof typeof TRACING]: z.output<(typeof TRACING)[K]> };

/** undefined: nobody wants traces. */
export function tracingOptionsOf(service: string, env: TracingEnvironment): TracingOptions | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole } = env;
  const url = whole ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  if (!url) return undefined;
  return {
    ...{ service, url, version: env.ROOMWIRE_VERSION, instance: randomUUID() },
    headers: env.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    timeoutMs: env.OTEL_EXPORTER_OTLP_TIMEOUT,
    delayMs: env.OTEL_BSP_SCHEDULE_DELAY,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
    resource: env.OTEL_RESOURCE_ATTRIBUTES ?? {},
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
