import { eventually, freePort, httpSink, type HttpSink } from '@roomwire/testkit';
import { createLog } from './log.ts';
import { createMeter, type Telemetry } from './meter.ts';
import { activeTraceparent, inSpan, isTracing, startSpan } from './span.ts';
import { traceId } from './trace.ts';
import { startTracing, type Tracing, type TracingOptions } from './tracing.ts';

type Exported = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: Record<string, unknown> }[];
  links?: { traceId: string }[];
  status: { code?: number; message?: string };
};
type Body = {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Exported[] }[];
  }[];
};
const THEIRS = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const NOT_SAMPLED = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-00`;

describe('startTracing', () => {
  let sink: HttpSink;
  let telemetry: Telemetry;
  let tracing: Tracing | undefined;
  let lines: string[];
  beforeEach(async () => {
    sink = await httpSink();
    telemetry = createMeter('spec');
    lines = [];
  });
  afterEach(async () => {
    await tracing?.close();
    tracing = undefined;
    await telemetry.close();
    await sink[Symbol.asyncDispose]();
  });

  async function start(options: Partial<TracingOptions> = {}): Promise<Tracing> {
    const log = createLog('spec', 'info', { write: (line: string) => void lines.push(line) });
    const all: TracingOptions = {
      ...{ service: 'spec', version: '1.2.3', instance: 'i-1', url: `${sink.url}/v1/traces`, headers: {} },
      ...{ timeoutMs: 2_000, delayMs: 5, sampler: 'parentbased_always_on', ratio: 1, resource: {}, ...options },
    };
    return (tracing = await startTracing(all, { log, meter: telemetry.meter }));
  }
  const spans = (): Exported[] =>
    sink.requests.flatMap((request) =>
      (request.json() as Body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
  const named = (name: string): Exported => spans().find((span) => span.name === name)!;
  const count = async (outcome: string): Promise<number> => {
    const line = (await telemetry.metricsText())
      .split('\n')
      .find((text) => text.startsWith(`roomwire_spans_total{outcome="${outcome}"`));
    return Number(line?.split(' ')[1] ?? 0);
  };
  const leaf = (name: string) => inSpan({ name, kind: 'internal', parent: undefined }, async () => undefined);

  it('is not there until it is started: work runs, and nothing is made up', async () => {
    expect(isTracing()).toBe(false);
    const seen = await inSpan({ name: 'x', kind: 'internal' }, async ({ traceparent }) => [traceparent, activeTraceparent()]);

    expect(seen).toEqual([undefined, undefined]);
  });

  it('exports who, what, under what and how it ended', async () => {
    await start({ headers: { 'x-key': 'of-the-collector' }, resource: { 'deployment.environment.name': 'spec' } });

    await inSpan(
      { name: 'outer', kind: 'consumer', parent: THEIRS, attributes: { tenant: 't1', left: undefined } },
      async (outer) => {
        await new Promise((resolve) => setImmediate(resolve));
        outer.set({ later: 7 });
        await inSpan({ name: 'inner', kind: 'client' }, async () => undefined);
      },
    );
    await tracing!.close();

    const [request] = sink.requests;
    const resource = (request!.json() as Body).resourceSpans[0]!.resource.attributes;
    expect(request).toMatchObject({ path: '/v1/traces', headers: { 'x-key': 'of-the-collector' } });
    expect(Object.fromEntries(resource.map(({ key, value }) => [key, value.stringValue]))).toMatchObject({
      ...{ 'service.name': 'spec', 'service.version': '1.2.3', 'service.instance.id': 'i-1' },
      'deployment.environment.name': 'spec',
    });
    expect(named('outer')).toMatchObject({ traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), kind: 5 });
    expect(named('inner')).toMatchObject({ traceId: 'a'.repeat(32), parentSpanId: named('outer').spanId, kind: 3 });
    expect(named('outer').attributes.map(({ key }) => key)).toEqual(['tenant', 'later']);
  });

  it('tells of an error its code or class, and never its message', async () => {
    await start();
    const failing = (error: Error) =>
      inSpan({ name: error.name, kind: 'internal' }, () => Promise.reject(error)).catch(() => undefined);

    await failing(Object.assign(new Error('pl4nted'), { name: 'Coded', code: 'unavailable' }));
    await failing(new TypeError('pl4nted'));
    startSpan({ name: 'said', kind: 'internal' }).end();
    await tracing!.close();

    expect(named('Coded').attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'unavailable' } });
    expect(named('TypeError').attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'TypeError' } });
    expect([named('Coded').status.code, named('said').status.code]).toEqual([2, 0]);
    expect(sink.requests.map(({ body }) => body.toString()).join()).not.toContain('pl4nted');
  });

  it('begins a trace of its own beside a linked one, whatever is under way', async () => {
    await start();

    await inSpan({ name: 'outer', kind: 'internal' }, async () => {
      startSpan({ name: 'stranger', kind: 'server', parent: undefined, links: [THEIRS, 'nonsense', undefined] }).end();
    });
    await tracing!.close();

    expect(named('stranger')).toMatchObject({ links: [{ traceId: 'a'.repeat(32) }] });
    expect(named('stranger').parentSpanId).toBeUndefined();
    expect([named('outer').traceId, 'a'.repeat(32)]).not.toContain(named('stranger').traceId);
  });

  it.each([
    ['parentbased_always_on', THEIRS, 1],
    ['parentbased_always_on', NOT_SAMPLED, 0],
    ['parentbased_always_on', undefined, 1],
    ['always_on', NOT_SAMPLED, 1],
    ['always_off', THEIRS, 0],
    ['parentbased_always_off', undefined, 0],
    ['parentbased_always_off', THEIRS, 1],
    ['parentbased_traceidratio', undefined, 0],
    ['traceidratio', THEIRS, 0],
  ] as const)('%s under %s exports %d, and carries on what was decided', async (sampler, parent, kept) => {
    await start({ sampler, ratio: 0 });

    const span = startSpan({ name: 'one', kind: 'consumer', parent });
    span.end();
    await tracing!.close();

    expect(spans()).toHaveLength(kept);
    expect(span.traceparent).toMatch(new RegExp(`-0${kept}$`));
    if (parent) expect(traceId(span.traceparent)).toBe(traceId(parent));
  });

  it('delays no work while the collector is away, says so once, and says when it is back', async () => {
    const port = await freePort();
    await start({ url: `http://127.0.0.1:${port}/v1/traces`, timeoutMs: 200 });

    const asked = performance.now();
    for (let i = 0; i < 1_000; i++) await leaf('lost');
    const tookMs = performance.now() - asked;
    await eventually(async () => expect(await count('failed')).toBe(1_000));
    await tracing!.close();

    expect(tookMs).toBeLessThan(500);
    expect(lines.filter((line) => line.includes('does not take them'))).toHaveLength(1);

    sink.answer({ status: 400 }, { status: 200 });
    await start();
    await leaf('refused');
    await eventually(() => expect(lines.filter((line) => line.includes('does not take them'))).toHaveLength(2));
    await leaf('taken');
    await eventually(() => expect(lines.join()).toContain('takes them again'));
    await eventually(async () => expect([await count('ended'), await count('exported')]).toEqual([1_002, 1]));
  });

  it('keeps no more than it can bear while the collector hangs, and goes without it when it ends', async () => {
    sink.otherwise = { fault: 'hang' };
    await start({ timeoutMs: 3_000 });
    for (let i = 0; i < 6_000; i++) startSpan({ name: 'many', kind: 'internal', parent: undefined }).end();
    await sink.next();

    const asked = performance.now();
    await tracing!.close();

    // Within a bound, of the ten seconds that a process has.
    expect(performance.now() - asked).toBeLessThan(1_500);
    expect(lines.filter((line) => line.includes('not all were taken'))).toHaveLength(1);
    const sent = sink.requests.map((request) => (request.json() as Body).resourceSpans[0]!.scopeSpans[0]!.spans.length);
    expect(sent.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(4_096 + 512);
    expect(await count('ended')).toBe(6_000);
    expect(isTracing()).toBe(false);
  });
});
