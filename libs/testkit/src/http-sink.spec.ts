import { httpSink } from './http-sink.ts';

const post = (url: string, body: string) => fetch(url, { method: 'POST', body });

describe('httpSink', () => {
  it('records what it is sent', async () => {
    await using sink = await httpSink();

    await post(`${sink.url}/hook?a=1`, '{"n":1}');

    const request = await sink.next();
    expect(request).toMatchObject({ method: 'POST', path: '/hook?a=1' });
    expect(request.json()).toEqual({ n: 1 });
  });

  it('answers by script, then as otherwise', async () => {
    await using sink = await httpSink({ status: 204 });
    sink.answer({ status: 503, headers: { 'retry-after': '2' } }, (request) => ({ body: { echo: request.body.toString() } }));

    const first = await post(sink.url, 'a');
    const second = await post(sink.url, 'b');
    const third = await post(sink.url, 'c');

    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await second.json()).toEqual({ echo: 'b' });
    expect(third.status).toBe(204);
  });

  it('hands each request to one waiter, the first that matches', async () => {
    await using sink = await httpSink();
    const b = sink.next((request) => request.path === '/b');

    await post(`${sink.url}/a`, '');
    await post(`${sink.url}/b`, '');

    expect((await b).path).toBe('/b');
    expect((await sink.next()).path).toBe('/a');
    await expect(sink.next(undefined, 20)).rejects.toThrow('no request within 20 ms');
  });

  it('cuts a connection, and never answers another', async () => {
    await using sink = await httpSink();
    sink.answer({ fault: 'cut' }, { fault: 'hang' });

    await expect(post(sink.url, 'a')).rejects.toThrow();
    await expect(fetch(sink.url, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/i);
  });
});
