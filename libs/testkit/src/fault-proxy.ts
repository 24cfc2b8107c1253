import { connect, createServer, type Server, type Socket } from 'node:net';
import { track } from './open-resources.ts';

/**
 * What happens to a connection's bytes. `blackhole`: they are taken and go nowhere, as behind a router that drops; `deaf`: so are only
 * those to the client, who never hears what has become of what it said.
 */
export type FaultMode = 'forward' | 'blackhole' | 'deaf' | 'refuse';

/** A TCP proxy on loopback before one server, by which connections are cut, silenced or refused. On a free port unless told. */
export async function faultProxy(target: { host: string; port: number }, port = 0): Promise<FaultProxy> {
  const proxy = new FaultProxy(target);
  await proxy.listen(port);
  return proxy;
}

export class FaultProxy implements AsyncDisposable {
  port = 0;
  mode: FaultMode = 'forward';
  /** Added to each piece of bytes in each direction, milliseconds. */
  delayMs = 0;
  /** Bytes that went into the black hole. */
  swallowed = 0;
  readonly #target: { host: string; port: number };
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #closed: (() => void) | undefined;

  constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#serve(client));
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.port = (this.#server.address() as { port: number }).port;
    this.#closed = track({ name: `fault proxy on ${this.port}`, kill: () => void this[Symbol.asyncDispose]() });
  }

  /** Resets every connection; new ones are dealt with by the mode. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
    this.#closed?.();
  }

  #serve(client: Socket): void {
    if (this.mode === 'refuse') return void client.destroy();
    const server = connect(this.#target.port, this.#target.host);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes: Buffer) => this.#pass(bytes, from, to, to === client));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }

  #pass(bytes: Buffer, from: Socket, to: Socket, isToClient: boolean): void {
    if (this.mode === 'blackhole' || (this.mode === 'deaf' && isToClient)) return void (this.swallowed += bytes.length);
    if (this.delayMs > 0) return void setTimeout(() => to.writable && to.write(bytes), this.delayMs);
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  }
}
