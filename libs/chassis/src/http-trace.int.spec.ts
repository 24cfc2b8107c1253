import { eventually, httpSink, spawnedSource, type HttpSink, type Spawned } from '@roomwire/testkit';
import { join } from 'node:path';

const THEIRS = '0af7651916cd43dd8448eb211c80319c';

type Exported = {
  name: string;
  kind: number;
  traceId: string;
  parentSpanId?: string;
  links?: { traceId: string }[];
  status: { code?: number };
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
};

describe('traceRequests', () => {
  let collector: HttpSink;
  let service: Spawned;
  let url: string;
  beforeAll(async () => {
    collector = await httpSink();
    // A batch is not due while this runs: what comes, comes because the process ends.
    const env = { PORT: '', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/other`, OTEL_BSP_SCHEDULE_DELAY: '600000' };
    service = spawnedSource(join(import.meta.dirname, 'fixtures/sample-service.ts'), { env, name: 'sample' });
    const [line] = await service.line(/"event":"listening".*/);
    url = /"url":"([^"]+)"/.exec(line)![1]!;
  });
  afterAll(async () => {
    await service.kill();
    await collector[Symbol.asyncDispose]();
  });

  it('tells route, status and what the handler noted, links a stranger’s trace, and is flushed when the process is stopped', async () => {
    const headers = { traceparent: `00-${THEIRS}-b7ad6b7169203331-01`, authorization: 'Bearer pl4nted' };
    await fetch(`${url}/v1/bytes?token=pl4nted`, { method: 'POST', body: 'a', headers });
    await fetch(`${url}/v1/fail`);
    await fetch(`${url}/v1/nowhere/pl4nted`);
    for (const path of ['healthz', 'readyz', 'metrics']) await fetch(`${url}/${path}`);
    expect(collector.requests).toEqual([]);

    await service.stop();

    await eventually(() => expect(collector.requests).toHaveLength(1));
    const [{ path, body }] = collector.requests as [(typeof collector.requests)[number]];
    const { resourceSpans } = JSON.parse(body.toString()) as { resourceSpans: { scopeSpans: { spans: Exported[] }[] }[] };
    const spans = resourceSpans[0]!.scopeSpans[0]!.spans;
    const [bytes, fail, nowhere] = spans as [Exported, Exported, Exported];
    const told = ({ attributes }: Exported) =>
      Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

    expect(path).toBe('/other');
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['POST /v1/bytes', 2],
      ['GET /v1/fail', 2],
      ['GET', 2],
    ]);
    expect(bytes.links).toMatchObject([{ traceId: THEIRS }]);
    expect([bytes.parentSpanId, bytes.traceId === THEIRS]).toEqual([undefined, false]);
    expect(told(bytes)).toEqual({ 'http.request.method': 'POST', 'http.route': '/v1/bytes', 'http.response.status_code': 201 });
    expect(told(fail)).toMatchObject({ 'http.response.status_code': 500, 'error.type': '500', 'roomwire.code': 'internal' });
    expect([bytes, fail, nowhere].map(({ status }) => status.code)).toEqual([0, 2, 0]);
    expect(body.toString()).not.toContain('pl4nted');
  });
});
