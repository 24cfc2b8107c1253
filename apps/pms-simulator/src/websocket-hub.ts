import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Account } from './core/world.ts';

/** RFC 6455, §1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

/** WebSockets that only tell: what a client says in them is not listened to, but for its pings and its good-bye. */
export class WebSocketHub {
  readonly #open = new Map<Account, Set<Duplex>>();

  accept(account: Account, request: IncomingMessage, socket: Duplex): void {
    const key = createHash('sha1')
      .update(`${request.headers['sec-websocket-key'] ?? ''}${HANDSHAKE_GUID}`)
      .digest('base64');
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${key}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const sockets = this.#open.get(account) ?? new Set();
    this.#open.set(account, sockets.add(socket));
    account.listeners = sockets.size;
    socket.on('close', () => {
      sockets.delete(socket);
      account.listeners = sockets.size;
    });
    // Without a good-bye: a server's socket would stay half open.
    socket.on('end', () => socket.end());
    // A peer that went away; 'close' follows.
    socket.on('error', () => socket.destroy());
    listen(socket);
  }

  /** Whether anybody was there to hear it. */
  send(account: Account, text: string): boolean {
    const sockets = [...(this.#open.get(account) ?? [])];
    for (const socket of sockets) socket.write(frame(TEXT, Buffer.from(text)));
    return sockets.length > 0;
  }

  stop(): void {
    for (const sockets of this.#open.values()) for (const socket of sockets) socket.destroy();
  }
}

export function refuseUpgrade(socket: Duplex, status: '401 Unauthorized' | '404 Not Found'): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(socket: Duplex): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let read = readFrame(rest); read; read = readFrame(rest)) {
      rest = rest.subarray(read.bytes);
      if (read.opcode === PING) socket.write(frame(PONG, read.payload));
      if (read.opcode === CLOSE) return void socket.end(frame(CLOSE, read.payload));
    }
  });
}

/** A server's frames are whole and not masked. */
function frame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const head =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 0xff]
        : [127, ...[7, 6, 5, 4, 3, 2, 1, 0].map((byte) => Math.floor(length / 2 ** (8 * byte)) & 0xff)];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), payload]);
}

/** A client's frames are masked. Undefined while one has not come whole. */
function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; bytes: number } | undefined {
  if (bytes.length < 6) return undefined;
  const short = bytes[1]! & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head + 4) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const total = head + 4 + length;
  if (bytes.length < total) return undefined;
  const mask = bytes.subarray(head, head + 4);
  const payload = Buffer.from(bytes.subarray(head + 4, total).map((byte, index) => byte ^ mask[index % 4]!));
  return { opcode: bytes[0]! & 0x0f, payload, bytes: total };
}
