import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.ts';
import { httpSink } from './http-sink.ts';
import { sseClient } from './sse-client.ts';

/** A stream that the test writes by hand; `lastEventIds` is what clients came back with. */
async function sseServer() {
  const streams: ServerResponse[] = [];
  const lastEventIds: unknown[] = [];
  const server = createServer((request, response) => {
    lastEventIds.push(request.headers['last-event-id']);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    lastEventIds,
    write: (text: string | Uint8Array) => streams.at(-1)?.write(text),
    end: () => streams.at(-1)?.end(),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

describe('sseClient', () => {
  it('hands over the first event that matches and keeps those before it', async () => {
    await using server = await sseServer();
    await using client = await sseClient(server.url);

    server.write('event: snapshot\nid: 1\ndata: {"n":1}\n\nevent: live\ndata: {}\n\n');

    expect((await client.next((event) => event.event === 'live')).json()).toEqual({});
    expect((await client.next()).json()).toEqual({ n: 1 });
    expect(client.lastEventId).toBe('1');
  });

  it('joins an event and a letter that arrive in pieces', async () => {
    await using server = await sseServer();
    await using client = await sseClient(server.url);

    // The comment tells when the first piece, which ends within the letter, has been read.
    const bytes = Buffer.from(': first\ndata: "é"\n\n');
    const within = bytes.indexOf('é') + 1;
    server.write(bytes.subarray(0, within));
    await eventually(() => expect(client.comments).toEqual(['first']));
    server.write(bytes.subarray(within));

    expect((await client.next()).json()).toBe('é');
  });

  it('keeps comments apart', async () => {
    await using server = await sseServer();
    await using client = await sseClient(server.url);

    server.write(': heartbeat\n\ndata: 1\n\n');
    await client.next();

    expect(client.comments).toEqual(['heartbeat']);
  });

  it('iterates until the server ends the stream', async () => {
    await using server = await sseServer();
    await using client = await sseClient(server.url);
    server.write('data: 1\n\ndata: 2\n\n');
    server.end();

    const seen: string[] = [];
    for await (const event of client) seen.push(event.data);

    expect(seen).toEqual(['1', '2']);
    await expect(client.next()).rejects.toThrow('the server ended the stream');
  });

  it('sends the token it resumes from', async () => {
    await using server = await sseServer();
    await using _client = await sseClient(server.url, { lastEventId: 'tok-9' });

    expect(server.lastEventIds).toEqual(['tok-9']);
  });

  it('rejects with status and body when the answer is not a stream', async () => {
    await using sink = await httpSink({ status: 401, body: { code: 'unauthorised' } });

    await expect(sseClient(sink.url)).rejects.toThrow(/401 .*unauthorised/);
  });
});
