import { HEADER } from '@roomwire/events';
import { createLog, createMeter, startTracing, traceId, type Tracing } from '@roomwire/telemetry';
import { eventually, httpSink, type HttpSink } from '@roomwire/testkit';
import { StrategyBench } from './testing/strategy-bench.ts';
import { defer, done, reject, retry, type Verdict } from './verdict.ts';

type Exported = {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code?: number };
  attributes: { key: string; value: { stringValue?: string; intValue?: number; boolValue?: boolean } }[];
};
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const headers = { [HEADER.traceparent]: `00-${TRACE}-b7ad6b7169203331-01`, [HEADER.receipt]: 'r-1' };
const PROCESS = 'process pms.{tenant}.raw.live.hostaway.{connection}';

describe('spans of messages', () => {
  let bench: StrategyBench;
  let collector: HttpSink;
  let tracing: Tracing;
  const { meter, metricsText, close } = createMeter('spec');
  beforeAll(async () => {
    bench = await StrategyBench.start();
    collector = await httpSink();
    tracing = await startTracing(
      {
        ...{ service: 'spec', version: '1', instance: 'i', url: collector.url, headers: {}, timeoutMs: 1_000, delayMs: 10 },
        ...{ sampler: 'parentbased_always_on', ratio: 1, resource: {} },
      },
      { log: createLog('spec', 'silent'), meter },
    );
  });
  afterEach(() => {
    collector.requests.length = 0;
    return bench.stopAll();
  });
  afterAll(async () => {
    await tracing.close();
    await close();
    await collector[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
  });

  const spans = (): Exported[] =>
    collector.requests.flatMap((request) => {
      const body = request.json() as { resourceSpans: { scopeSpans: { spans: Exported[] }[] }[] };
      return body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    });
  const told = ({ attributes }: Exported) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.boolValue]));
  const processed = (count: number): Promise<Exported[]> =>
    eventually(() => {
      const found = spans().filter(({ name }) => name === PROCESS);
      expect(found).toHaveLength(count);
      return found;
    });
  /** Each message's verdicts in turn. */
  const serve = (...verdicts: Verdict[]) => bench.serve({ 'normalizer-live': () => verdicts.shift() ?? done }, { meter });

  it('each delivery is a child of what published it, with its attempt and verdict', async () => {
    const tenant = await bench.tenant();
    serve(retry('not-yet: quoted text', 10), done);

    await bench.raw(tenant, { a: 1 }, { id: 'm-1', headers });
    const [first, second] = (await processed(2)) as [Exported, Exported];

    const publish = spans().find(({ name }) => name.startsWith('publish pms.{tenant}.raw'))!;
    expect(publish).toMatchObject({ traceId: TRACE, parentSpanId: 'b7ad6b7169203331', kind: 4 });
    expect([first, second].map(({ parentSpanId, kind }) => [parentSpanId, kind])).toEqual([
      [publish.spanId, 5],
      [publish.spanId, 5],
    ]);
    expect(told(first)).toMatchObject({
      ...{ 'messaging.system': 'nats', 'messaging.operation.type': 'process', 'messaging.message.id': 'm-1' },
      ...{ 'messaging.destination.name': `pms.${tenant}.raw.live.hostaway.c1`, 'messaging.message.body.size': 7 },
      ...{ 'messaging.consumer.group.name': 'normalizer-live', 'roomwire.tenant': tenant, 'roomwire.receipt': 'r-1' },
      ...{ 'roomwire.attempt': 1, 'roomwire.verdict': 'retry', 'roomwire.reason': 'not-yet', 'roomwire.settlement': 'nak' },
      'error.type': 'not-yet',
    });
    expect(told(second)).toMatchObject({ 'roomwire.attempt': 2, 'roomwire.deliveries': 2, 'roomwire.verdict': 'done' });
    expect([first, second].map(({ status }) => status.code)).toEqual([2, 0]);
    expect(await metricsText()).toContain('roomwire_redeliveries_total{consumer="normalizer-live"} 1');
  });

  it('a dead letter is written under the delivery that it ends, and counted by its reason', async () => {
    const tenant = await bench.tenant();
    serve(reject('schema', 'quoted text'));

    await bench.raw(tenant, {}, { headers });
    const [consumed] = await processed(1);
    const letter = await eventually(() => {
      const found = spans().find(({ name }) => name.startsWith('publish pms.{tenant}.dead.'));
      expect(found).toBeDefined();
      return found!;
    });

    expect(letter).toMatchObject({ traceId: TRACE, parentSpanId: consumed!.spanId });
    expect((await bench.dead(tenant)).map(({ traceparent }) => traceId(traceparent))).toEqual([TRACE]);
    expect(JSON.stringify(spans())).not.toContain('quoted text');
    expect(await metricsText()).toContain('roomwire_dead_letters_total{consumer="normalizer-live",reason="schema"} 1');
  });

  it('what waits as a stored copy comes back in the same trace', async () => {
    const tenant = await bench.tenant();
    serve(defer('no-permit', 20), done);

    await bench.raw(tenant, {}, { headers });
    const both = await processed(2);

    expect(both.map(({ traceId: id }) => id)).toEqual([TRACE, TRACE]);
    expect(both.map((span) => told(span)['roomwire.settlement'])).toEqual(['later', 'ack']);
  });

  it('a message without a trace begins one', async () => {
    const tenant = await bench.tenant();
    serve(done);

    await bench.raw(tenant, {});
    const [consumed] = await processed(1);

    expect(consumed!.traceId).not.toBe(TRACE);
    expect(spans().find(({ spanId }) => spanId === consumed!.parentSpanId)).toMatchObject({ traceId: consumed!.traceId });
  });
});
