import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A provider with a WebSocket, written from RFC 6455 alone. Its texts are shorter than 64 KiB, and its peers' words are short. */
export class SocketProvider implements AsyncDisposable {
  /** Of whoever asked for a socket, in order: refused ones too. */
  readonly asked: { url: string; headers: IncomingHttpHeaders }[] = [];
  readonly open = new Set<Socket>();
  /** Opcodes of what clients said. */
  readonly said: number[] = [];
  refusal: number | undefined;
  /** Whether it keeps the key of another handshake. */
  isConfused = false;
  /** Whether it answers a ping. */
  isDumb = false;
  private readonly server = createServer((_request, response) => response.writeHead(503).end());

  private constructor() {
    this.server.on('upgrade', ({ url = '', headers }, socket: Socket) => {
      this.asked.push({ url, headers });
      socket.on('error', () => undefined);
      if (this.refusal) return void socket.end(`HTTP/1.1 ${this.refusal} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      const key = this.isConfused ? 'another' : headers['sec-websocket-key']!;
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
      socket.write(`Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
      this.open.add(socket);
      // A server's socket stays half open else.
      socket.on('end', () => socket.end());
      socket.on('close', () => this.open.delete(socket));
      socket.on('data', (frame: Buffer) => {
        const opcode = frame[0]! & 0x0f;
        this.said.push(opcode);
        if (opcode === 0x9 && !this.isDumb) socket.write(Buffer.from([0x8a, 0]));
      });
    });
  }

  static async start(): Promise<SocketProvider> {
    const provider = new SocketProvider();
    provider.server.listen(0, '127.0.0.1');
    await once(provider.server, 'listening');
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  send(opcode: number, payload: string | Buffer, { isLast = true } = {}): void {
    const body = Buffer.from(payload);
    const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 0xff];
    const head = Buffer.from([(isLast ? 0x80 : 0) | opcode, ...length]);
    for (const socket of this.open) socket.write(Buffer.concat([head, body]));
  }

  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
