import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { track } from './open-resources.ts';
import { WaitingList } from './waiting-list.ts';

export interface SinkRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  json(): unknown;
}

export interface SinkAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** A string goes as it is, anything else as JSON. */
  body?: unknown;
  /** `hang`: nothing is ever answered; `cut`: the connection is reset. */
  fault?: 'hang' | 'cut';
}

export type Answering = SinkAnswer | ((request: SinkRequest) => SinkAnswer | Promise<SinkAnswer>);

/** A partner over HTTP: records what it is sent and answers by script. */
export async function httpSink(otherwise: Answering = { status: 200 }): Promise<HttpSink> {
  const sink = new HttpSink(otherwise);
  await sink.listen();
  return sink;
}

export class HttpSink implements AsyncDisposable {
  /** All that ever came, in order. */
  readonly requests: SinkRequest[] = [];
  /** What it answers when the script is at its end. */
  otherwise: Answering;
  readonly #script: Answering[] = [];
  readonly #arrivals = new WaitingList<SinkRequest>();
  readonly #server: Server;
  #closed = (): void => undefined;

  constructor(otherwise: Answering) {
    this.otherwise = otherwise;
    this.#server = createServer((message, response) => void this.#take(message, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#closed = track({ name: `http sink ${this.url}`, kill: () => this.#server.closeAllConnections() });
  }

  /** Adds answers, each used once. */
  answer(...answers: Answering[]): this {
    this.#script.push(...answers);
    return this;
  }

  /** The first request, come or to come, that nobody has taken and that matches. */
  next(matches: (request: SinkRequest) => boolean = () => true, withinMs = 5_000): Promise<SinkRequest> {
    return this.#arrivals.next(matches, withinMs, 'request');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
    this.#closed();
  }

  async #take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(message);
    const request: SinkRequest = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body,
      json: () => JSON.parse(body.toString()) as unknown,
    };
    this.requests.push(request);
    // The answer is chosen before a waiting test can change the script.
    const chosen = this.#script.shift() ?? this.otherwise;
    this.#arrivals.arrived(request);
    send(response, typeof chosen === 'function' ? await chosen(request) : chosen);
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body, fault }: SinkAnswer): void {
  if (fault === 'hang') return;
  if (fault === 'cut') return void response.destroy();
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const type = typeof body === 'string' || body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers }).end(text);
}
