import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, track } from '@roomwire/testkit';
import { HttpSender } from './http-sender.ts';
import { StreamReader } from './stream-reader.ts';

/** A real server on a port of its own. */
async function serve(handler: Parameters<typeof createServer>[1]): Promise<AsyncDisposable & { url: string; server: Server }> {
  const server = createServer(handler as never);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const closed = track({ name: 'http server', kill: () => server.closeAllConnections() });
  const dispose = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    closed();
  };
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: dispose };
}

describe("the load's own HTTP client", () => {
  it('posts over kept connections, as many at once as it has, and hands each its own answer', async () => {
    let connections = 0;
    let atOnce = 0;
    let most = 0;
    await using server = await serve((request, response) => {
      most = Math.max(most, ++atOnce);
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () =>
        setImmediate(() => {
          atOnce--;
          response.writeHead(202, { 'content-length': text.length + 1 }).end(`${text}!`);
        }),
      );
    });
    server.server.on('connection', () => connections++);
    const sender = new HttpSender(`${server.url}/hook`, { authorization: 'Basic x' }, 4);

    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => sender.post(`body ${i}`)));
    sender.close();

    expect(answers).toEqual(Array.from({ length: 40 }, (_, i) => ({ status: 202, body: `body ${i}!` })));
    expect(connections).toBe(4);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('sends headers and bytes as a client does', async () => {
    const seen: unknown[] = [];
    await using server = await serve((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => {
        seen.push(request.method, request.url, request.headers.authorization, request.headers['content-type'], bytes);
        response.writeHead(204, { 'content-length': 0 }).end();
      });
    });
    const sender = new HttpSender(`${server.url}/hook/1`, { authorization: 'Basic x' }, 1);

    expect((await sender.post('Zoë')).status).toBe(204);
    sender.close();

    expect(seen).toEqual(['POST', '/hook/1', 'Basic x', 'application/json', 4]);
  });

  it('tells who asked that the connection broke, and goes on with a new one', async () => {
    let requests = 0;
    await using server = await serve((request, response) => {
      if (++requests === 1) request.socket.destroy();
      else response.writeHead(202, { 'content-length': 2 }).end('ok');
    });
    const sender = new HttpSender(server.url, {}, 1);

    const [first, second] = await Promise.allSettled([sender.post('1'), sender.post('2')]);
    sender.close();

    expect(first.status).toBe('rejected');
    expect(second).toMatchObject({ status: 'fulfilled', value: { status: 202, body: 'ok' } });
  });
});

describe("the load's own stream reader", () => {
  it('takes events however they are cut, and is live when the stream says so', async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const text =
        ': hello\n\nevent: snapshot\ndata: {"a":"Zoëëëëëëëë"}\n\nid: 1\nevent: live\ndata: {}\n\nevent: change\ndata: {"b":2}\n\n';
      const bytes = Buffer.from(text);
      const writeFrom = (at: number): void => {
        response.write(bytes.subarray(at, at + 7), () => at + 7 < bytes.length && writeFrom(at + 7));
      };
      writeFrom(0);
    });
    const events: string[][] = [];
    const broken: string[] = [];
    const reader = new StreamReader(
      server.url,
      {},
      (...event) => events.push(event),
      ({ message }) => broken.push(message),
    );

    await reader.live;
    await eventually(() => expect(events).toHaveLength(3));
    reader.close();

    expect(events).toEqual([
      ['snapshot', '{"a":"Zoëëëëëëëë"}'],
      ['live', '{}'],
      ['change', '{"b":2}'],
    ]);
    expect(broken).toEqual([]);
  });

  it.each([
    ['an end', 200],
    ['a refusal', 401],
  ])('tells of %s', async (_, status) => {
    await using server = await serve((_request, response) => void response.writeHead(status).end());
    const broken: string[] = [];
    const reader = new StreamReader(
      server.url,
      {},
      () => undefined,
      ({ message }) => broken.push(message),
    );

    await expect(reader.live).rejects.toThrow();
    await eventually(() => expect(broken[0]).toMatch(status === 200 ? /ended/ : /401/));
  });
});
