import { connect, type Socket } from 'node:net';

export type Answer = { status: number; body: string };

const HEAD_END = '\r\n\r\n';

type Asked = { request: string; resolve(answer: Answer): void; reject(error: Error): void };

/**
 * Posts over kept connections, one request under way on each, at a fraction of what node's own client costs: on few cores the load's
 * work would be measured too. Whoever finds no connection free waits for one.
 */
export class HttpSender {
  private readonly idle: Connection[] = [];
  private readonly waiting: Asked[] = [];
  private readonly all: Connection[] = [];
  private readonly head: string;

  constructor(url: string, headers: Record<string, string>, connections: number) {
    const { hostname, port, pathname, host } = new URL(url);
    const all = { host, 'content-type': 'application/json', ...headers };
    this.head = [`POST ${pathname} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)].join('\r\n');
    for (let i = 0; i < connections; i++)
      this.all.push(new Connection(hostname, Number(port), (connection) => this.free(connection)));
    this.idle.push(...this.all);
  }

  post(body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = `${this.head}\r\ncontent-length: ${Buffer.byteLength(body)}${HEAD_END}${body}`;
      const asked: Asked = { request, resolve, reject };
      const connection = this.idle.pop();
      if (connection) connection.ask(asked);
      else this.waiting.push(asked);
    });
  }

  close(): void {
    this.all.forEach((connection) => connection.close());
  }

  private free(connection: Connection): void {
    const next = this.waiting.shift();
    if (next) connection.ask(next);
    else this.idle.push(connection);
  }
}

class Connection {
  private socket: Socket | undefined;
  private asked: Asked | undefined;
  private text = '';
  private readonly host: string;
  private readonly port: number;
  private readonly onFree: (self: Connection) => void;

  constructor(host: string, port: number, onFree: (self: Connection) => void) {
    this.host = host;
    this.port = port;
    this.onFree = onFree;
  }

  ask(asked: Asked): void {
    this.asked = asked;
    this.socket ??= this.open();
    this.socket.write(asked.request);
  }

  close(): void {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.take(text));
    socket.on('error', (error) => this.broke(error));
    socket.on('close', () => this.broke(new Error('the connection was closed')));
    return socket;
  }

  private broke(error: Error): void {
    this.socket = undefined;
    this.text = '';
    const { asked } = this;
    this.asked = undefined;
    if (!asked) return;
    asked.reject(error);
    this.onFree(this);
  }

  private take(text: string): void {
    this.text += text;
    const headEnd = this.text.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.text.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN);
    if (Number.isNaN(length)) return this.broke(new Error(`an answer without a length:\n${head}`));
    const begin = headEnd + HEAD_END.length;
    if (this.text.length < begin + length) return;
    const answer = { status: Number(head.slice(9, 12)), body: this.text.slice(begin, begin + length) };
    this.text = this.text.slice(begin + length);
    const { asked } = this;
    this.asked = undefined;
    asked?.resolve(answer);
    if (/\r\nconnection: *close/i.test(head)) {
      this.socket?.destroy();
      this.socket = undefined;
    }
    this.onFree(this);
  }
}
