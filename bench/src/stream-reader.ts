import { request, type ClientRequest, type IncomingMessage } from 'node:http';

/** An event of a stream (SSE): its name and its data, one line. */
export type OnEvent = (name: string, data: string) => void;

/** Reads a stream until it is closed; an end that nobody asked for is an error, told once. */
export class StreamReader {
  /** Settles when the stream is open and live: its snapshot has been passed over. */
  readonly live: Promise<void>;
  private readonly request: ClientRequest;
  private text = '';
  private closed = false;

  constructor(url: string, headers: Record<string, string>, onEvent: OnEvent, onBroken: (error: Error) => void) {
    const live = Promise.withResolvers<void>();
    this.live = live.promise;
    const fail = (error: Error): void => {
      live.reject(error);
      if (!this.closed) onBroken(error);
      this.closed = true;
    };
    this.live.catch(() => undefined);
    this.request = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
    this.request.on('error', fail);
    this.request.on('response', (response: IncomingMessage) => {
      if (response.statusCode !== 200) return fail(new Error(`${url}: answered ${response.statusCode}`));
      response.setEncoding('utf8');
      response.on('data', (text: string) =>
        this.take(text, (name, data) => {
          if (name === 'live') live.resolve();
          onEvent(name, data);
        }),
      );
      response.on('error', fail);
      response.on('close', () => fail(new Error(`${url}: the stream ended`)));
    });
    this.request.end();
  }

  close(): void {
    this.closed = true;
    this.request.destroy();
  }

  private take(text: string, onEvent: OnEvent): void {
    this.text += text;
    let from = 0;
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n', from)) {
      let name = 'message';
      let data: string | undefined;
      for (const line of this.text.slice(from, end).split('\n'))
        if (line.startsWith('event: ')) name = line.slice(7);
        else if (line.startsWith('data: ')) data = line.slice(6);
      if (data !== undefined) onEvent(name, data);
      from = end + 2;
    }
    this.text = this.text.slice(from);
  }
}
