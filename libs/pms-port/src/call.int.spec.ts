import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PmsAdapter } from './adapter.ts';
import type { Answer, CallOptions } from './call.ts';
import { pms } from './pms.ts';

const port = pms({
  provider: 'memory',
  mapping: 1,
  capabilities: { webhooks: false, webhookAuth: 'none', pushes: [], reads: [], token: 'none' },
  clocks: {},
  limits: [],
  baseUrl: '',
  admit: () => ({ kind: 'forged', reason: '' }),
  decode: () => ({ tellings: [], hints: [], rejects: [], ignored: [] }),
  errorCode: () => 'provider-error',
} satisfies PmsAdapter);

/** A provider on a port of its own, for one call. */
async function against(listener: RequestListener, options: Partial<CallOptions> = {}): Promise<Answer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await port.call(
      { operation: 'unit', method: 'POST', path: '/units?x=1', body: '{}' },
      { baseUrl, proof: { kind: 'token', accessToken: 'placeholder' }, deadlineMs: 5_000, fetch, ...options },
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a call, over a socket', () => {
  it('sends what was planned and brings the answer with its date', async () => {
    const answer = await against((request, response) =>
      response.end(`${request.method} ${request.url} ${request.headers.authorization}`),
    );

    expect(Buffer.from(answer.bytes).toString()).toBe('POST /units?x=1 Bearer placeholder');
    expect(Math.abs(answer.providerDate! - Date.now())).toBeLessThan(60_000);
  });

  it('stays where a redirect would lead elsewhere', async () => {
    const paths: (string | undefined)[] = [];
    const call = against((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });

    await expect(call).rejects.toMatchObject({ code: 'malformed-answer', status: 307 });
    expect(paths).toEqual(['/units?x=1']);
  });

  it('gives up on a provider that accepts and is silent, and on one that stops halfway', async () => {
    await expect(against(() => undefined, { deadlineMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
    await expect(against((_request, response) => void response.write('half'), { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it('reads no more of an answer than is allowed', async () => {
    const large: RequestListener = (_request, response) => response.end(Buffer.alloc(8_000_000));

    await expect(against(large, { bytesMax: 100_000 })).rejects.toMatchObject({ code: 'malformed-answer' });
  });

  it('knows a provider that hangs up, and one that is not there', async () => {
    await expect(against((request) => request.socket.destroy())).rejects.toMatchObject({ code: 'network' });
    await expect(against(() => undefined, { baseUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'network' });
  });
});
