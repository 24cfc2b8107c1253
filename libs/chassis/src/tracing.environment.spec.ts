import { parseEnvironment } from './environment.ts';
import { tracingOptionsOf } from './tracing.environment.ts';

function optionsOf(source: Record<string, string>) {
  const parsed = parseEnvironment({}, source);
  if ('problems' in parsed) return parsed.problems;
  return tracingOptionsOf('spec', parsed.env);
}

describe('tracingOptionsOf', () => {
  it('is nothing without an endpoint, whatever else is said', () => {
    expect(optionsOf({ OTEL_TRACES_SAMPLER: 'always_on', OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  });

  it('adds the path to a base, has OpenTelemetry’s defaults, and tells processes apart', () => {
    const options = optionsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' });

    expect(options).toMatchObject({
      ...{ service: 'spec', version: 'unversioned', url: 'http://collector:4318/v1/traces', headers: {}, resource: {} },
      ...{ sampler: 'parentbased_always_on', ratio: 1, timeoutMs: 5_000, delayMs: 1_000 },
    });
    expect(options).not.toMatchObject({
      instance: (optionsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector' }) as { instance: string }).instance,
    });
  });

  it('takes a whole address as it is, and lists of pairs', () => {
    expect(
      optionsOf({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/mine',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20eHg=, x-tenant=1',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab',
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.25',
        ROOMWIRE_VERSION: '1.2.3',
      }),
    ).toMatchObject({
      ...{ url: 'https://collector/mine', version: '1.2.3', sampler: 'parentbased_traceidratio', ratio: 0.25 },
      headers: { authorization: 'Basic eHg=', 'x-tenant': '1' },
      resource: { 'deployment.environment.name': 'lab' },
    });
  });

  it('says what is wrong, and never a value', () => {
    const problems = optionsOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://pl4nted',
      OTEL_EXPORTER_OTLP_HEADERS: 'pl4nted',
      OTEL_RESOURCE_ATTRIBUTES: 'a=%E0%A4%A',
      OTEL_TRACES_SAMPLER: 'pl4nted',
      OTEL_TRACES_SAMPLER_ARG: '2',
    }) as string[];

    expect(problems).toHaveLength(5);
    expect(problems.join()).not.toContain('pl4nted');
  });
});
