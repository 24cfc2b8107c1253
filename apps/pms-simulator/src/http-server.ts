import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIPv4, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** A request, read to its end. */
export type Incoming = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
  /** Of the peer; an IPv4 address in its IPv6 dress is undressed. */
  address: string;
};
export type Outgoing = {
  status: number;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Not to its end, or not at all. */
  end?: 'cut' | 'never';
  /** Between the two halves of the body. */
  pause?: () => Promise<void>;
};
export type HttpServer = { url: string; stop: () => Promise<void> };
export type HttpOptions = {
  host: string;
  port: number;
  now: () => number;
  answer: (request: Incoming) => Promise<Outgoing>;
  /** Somebody asks for a WebSocket. */
  upgrade: (request: Omit<Incoming, 'body'>, message: IncomingMessage, socket: Duplex) => void;
  /** A fault of ours, or a peer that went away in the middle of its request. */
  onError: (error: unknown) => void;
};

const BODY_MAX_BYTES = 1_000_000;
/** How long a running request may take when the server stops. */
const DRAIN_MS = 500;

export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, now } = options;
  const server = createServer((message, response) => {
    void respond(message, options)
      .then((outgoing) => write(response, outgoing, now()))
      .catch(options.onError);
  });
  server.on('upgrade', (message, socket) => options.upgrade(incoming(message), message, socket));
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${bound}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function respond(message: IncomingMessage, { answer, onError }: HttpOptions): Promise<Outgoing> {
  try {
    const body = await read(message);
    if (body === undefined) return { status: 413, body: { status: 'fail', result: 'Request body too large' } };
    return await answer({ ...incoming(message), body });
  } catch (error) {
    onError(error);
    return { status: 500, body: { status: 'fail', result: 'Simulator error' } };
  }
}

function incoming(message: IncomingMessage): Omit<Incoming, 'body'> {
  const { pathname: path, searchParams: query } = new URL(message.url ?? '/', 'http://simulator');
  const address = (message.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return { method: message.method ?? 'GET', path, query, headers: message.headers, address };
}

/** `Date` from our clock: a client measures with it whether a second has passed since a stamp. */
async function write(response: ServerResponse, { status, body, headers, end, pause }: Outgoing, now: number): Promise<void> {
  if (response.destroyed || end === 'never') return;
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', date: new Date(now).toUTCString(), ...headers });
  if (end === undefined && !pause) return void response.end(text);
  await new Promise<void>((sent) => void response.write(text.slice(0, text.length / 2), () => sent()));
  if (end === 'cut') return void response.destroy();
  await pause?.();
  response.end(text.slice(text.length / 2));
}

async function read(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_MAX_BYTES) chunks.push(chunk);
  }
  return bytes > BODY_MAX_BYTES ? undefined : Buffer.concat(chunks).toString();
}

export const isLoopback = (address: string): boolean => address === '::1' || (isIPv4(address) && address.startsWith('127.'));
