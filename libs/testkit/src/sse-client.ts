import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { track } from './open-resources.ts';
import { WaitingList } from './waiting-list.ts';

export interface SseEvent {
  /** `message` where the server named none. */
  event: string;
  id: string | undefined;
  data: string;
  json(): unknown;
}

export interface SseOptions {
  headers?: Record<string, string>;
  lastEventId?: string;
}

/** Connects, and resolves when the server has answered with an event stream; rejects with status and body when it did not. */
export async function sseClient(url: string, { headers = {}, lastEventId }: SseOptions = {}): Promise<SseClient> {
  const abort = new AbortController();
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: abort.signal,
  });
  if (!response.ok || !response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    throw new Error(`${url}: ${response.status} ${(await response.text()).slice(0, 500)}`);
  }
  return new SseClient(url, response.body, abort);
}

export class SseClient implements AsyncDisposable {
  /** All that ever came, in order, taken or not. */
  readonly events: SseEvent[] = [];
  /** Comments, of which the heartbeat is one. */
  readonly comments: string[] = [];
  /** Settles when the stream has ended, from either side. Never rejects. */
  readonly ended: Promise<void>;
  readonly #arrivals = new WaitingList<SseEvent>();
  readonly #abort: AbortController;
  readonly #url: string;

  constructor(url: string, body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#url = url;
    this.#abort = abort;
    const closed = track({ name: `SSE client of ${url}`, kill: () => abort.abort() });
    this.ended = this.#read(body).finally(closed);
  }

  get lastEventId(): string | undefined {
    return this.events.findLast((event) => event.id !== undefined)?.id;
  }

  /** The first event, come or to come, that nobody has taken and that matches; those before it stay for others. */
  next(matches: (event: SseEvent) => boolean = () => true, withinMs = 5_000): Promise<SseEvent> {
    return this.#arrivals.next(matches, withinMs, `event of ${this.#url}`);
  }

  /** Each event not yet taken, until the stream ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SseEvent, void> {
    for (;;) {
      const event = await this.next(undefined, 2 ** 31 - 1).catch(() => undefined);
      if (!event) return;
      yield event;
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: (message) => this.#arrived(message),
      onComment: (text) => void this.comments.push(text),
    });
    try {
      const utf8 = new TextDecoder();
      for await (const bytes of body) parser.feed(utf8.decode(bytes, { stream: true }));
      this.#arrivals.close(new Error(`${this.#url}: the server ended the stream`));
    } catch (error) {
      this.#arrivals.close(new Error(`${this.#url}: the stream broke`, { cause: error }));
    }
  }

  #arrived({ event, id, data }: EventSourceMessage): void {
    const arrived: SseEvent = { event: event ?? 'message', id, data, json: () => JSON.parse(data) as unknown };
    this.events.push(arrived);
    this.#arrivals.arrived(arrived);
  }
}
