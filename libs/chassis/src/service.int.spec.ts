import { elapsed, eventually, spawnedSource, type Spawned } from '@roomwire/testkit';
import { connect } from 'node:net';
import { join } from 'node:path';

function sample(env: Record<string, string> = {}): Spawned {
  return spawnedSource(join(import.meta.dirname, 'fixtures/sample-service.ts'), {
    env: { PORT: '', LOG_LEVEL: 'info', ...env },
    name: 'sample',
  });
}

async function urlOf(process: Spawned): Promise<string> {
  const [line] = await process.line(/"event":"listening"/);
  expect(line).toBeTruthy();
  const said = JSON.parse(process.lines.find((text) => text.includes('"event":"listening"'))!) as {
    service: string;
    url: string;
  };
  expect(said.service).toBe('sample');
  return said.url;
}

const events = ({ lines }: Spawned) => lines.flatMap((line) => /^\{"event":"([^"]+)"/.exec(line)?.[1] ?? []);

describe('runService', () => {
  let process: Spawned;
  let url: string;
  beforeAll(async () => {
    process = sample();
    url = await urlOf(process);
  });
  afterAll(() => process.kill());

  it('serves health, readiness and metrics', async () => {
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready', problems: {} });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'roomwire_http_requests_total{method="GET",route="/healthz",status="200"}',
    );
  });

  it('serves a controller that was made by hand', async () => {
    expect(await (await fetch(`${url}/v1/word`)).text()).toBe('none');
  });

  it.each(['application/json', 'nonsense;;', ''])('hands over bytes as they are, sent as "%s"', async (type) => {
    const answer = await fetch(`${url}/v1/bytes`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array([0, 255, 123]),
    });

    expect(await answer.json()).toEqual({ hex: '00ff7b', type });
  });

  it('takes a body in chunks and without any content type', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));

    socket.write('POST /v1/bytes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n');

    await eventually(() => expect(said).toContain('{"hex":"6162","type":"none"}'));
    socket.destroy();
  });

  it('answers problems by RFC 9457', async () => {
    const tooLarge = await fetch(`${url}/v1/bytes`, { method: 'POST', body: '123456789' });
    const refused = await fetch(`${url}/v1/refuse`);
    const failed = await fetch(`${url}/v1/fail`);
    const unknown = await fetch(`${url}/v1/nowhere?token=pl4nted`);
    const nonsense = await fetch(`${url}/v1/block/%E0%A4%A?token=pl4nted`);

    expect(tooLarge.headers.get('content-type')).toMatch('application/problem+json');
    expect(await tooLarge.json()).toMatchObject({ status: 413, code: 'body-too-large', limit: 8 });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await failed.json()).toMatchObject({ status: 500, code: 'internal' });
    expect(await unknown.json()).toMatchObject({ status: 404, code: 'not-found' });
    expect(await nonsense.json()).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('logs one line a request, with the handler’s notes and without a query or a secret', async () => {
    await fetch(`${url}/v1/bytes?key=pl4nted`, { method: 'POST', body: 'x' });

    await process.line(/"route":"\/v1\/bytes","status":201,.*"note":"of the handler","apiToken":"\[redacted\]"/);
    expect(process.output()).not.toContain('pl4nted');
  });
});

describe('the start of a service', () => {
  it('ends with 78 and every problem when the environment is wrong', async () => {
    await using process = sample({ NATS_URL: 'pl4nted', LOG_LEVEL: 'pl4nted' });

    expect((await process.exited).code).toBe(78);
    expect(process.output()).toMatch(/NATS_URL: expected .*\n.*LOG_LEVEL: /);
    expect(process.output()).not.toContain('pl4nted');
  });

  it('is not ready while a check names a problem', async () => {
    await using process = sample({ SAMPLE_WORD: 'bad' });
    const answer = await fetch(`${await urlOf(process)}/readyz`);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'not ready', problems: { word: 'the word is bad' } });
  });

  it('says what it waits for, and is ready all the same', async () => {
    await using process = sample({ SAMPLE_WORD: 'slow' });
    const answer = await fetch(`${await urlOf(process)}/readyz`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ready', problems: {}, waits: { word: '3 of 4 letters' } });
  });

  it('serves its metrics on a port of their own where it has one, and nothing else there', async () => {
    await using process = sample({ METRICS_PORT: '0' });
    const [line] = await process.line(/^\{"event":"listening".*/);
    const { url, metrics } = JSON.parse(line) as { url: string; metrics: string };

    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect(await (await fetch(`${metrics}/metrics`)).text()).toContain(
      'roomwire_http_requests_total{method="GET",route="none",status="404"} 1',
    );
    expect((await fetch(`${metrics}/v1/word`)).status).toBe(404);
    expect((await process.stop()).code).toBe(0);
  });
});

describe('the end of a service', () => {
  it('drains in order, lets a request finish and exits 0', async () => {
    await using process = sample();
    const answer = fetch(`${await urlOf(process)}/v1/linger`);
    await process.line(/lingering/);

    const exit = await process.stop();

    expect(await (await answer).text()).toBe('done');
    expect(exit.code).toBe(0);
    expect(events(process).slice(2)).toEqual(['asked to stop', 'strategy closed', 'closed']);
  });

  it('leaves in time when something hangs', async () => {
    await using process = sample({ SAMPLE_HANGS: 'yes', ROOMWIRE_STOP_MS_MAX: '500' });
    await urlOf(process);

    const exit = await process.stop();

    expect(exit.code).toBe(1);
    expect(process.output()).toMatch(/"step":"on-stop".*not stopped in time/);
  });
});

describe('the watchdog', () => {
  /** More than starting takes, on a machine that is busy otherwise. */
  const env = { ROOMWIRE_BLOCKED_MS_MAX: '2500' };

  it('ends a process whose event loop is blocked, and says so', async () => {
    await using process = sample(env);

    await expect(fetch(`${await urlOf(process)}/v1/block/20000`)).rejects.toThrow();

    expect((await process.exited).signal).toBe('SIGKILL');
    expect(process.output()).toMatch(/event loop blocked/);
  });

  it('lets be one that was blocked for less', async () => {
    await using process = sample(env);
    const url = await urlOf(process);

    expect(await (await fetch(`${url}/v1/block/300`)).text()).toBe('over');
    expect(await (await fetch(`${url}/v1/block/300`)).text()).toBe('over');
  });

  it('is not fooled by a process that was stopped and goes on', async () => {
    await using process = sample(env);
    const url = await urlOf(process);

    process.pause();
    await elapsed(5_000); // longer than the limit
    process.resume();
    await elapsed(2_700);

    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(process.running).toBe(true);
  });
});
