import { WebSocket as Client } from 'ws';

/** Less than a process has to end in. */
const OPEN_MS_MAX = 5_000;
/** As much as a webhook may bring, bytes. */
const MESSAGE_BYTES_MAX = 1_048_576;
/** No provider's document asks for pings: they are ours, so that a peer that is gone without a word is found out. */
const PING_MS = 20_000;
/** Three pings without any answer. */
const DEAD_MS = 65_000;
/** For the other's good-bye. */
const GOODBYE_MS = 1_000;
/** Close codes of RFC 6455, §7.4.1; the second is what a line that was cut is reported as. */
const [GOING_AWAY, ABNORMAL] = [1_001, 1_006];

/** Why there is no socket. `refused`: the provider has answered, with this status, and no socket. */
export type NotOpen = { kind: 'refused'; status: number } | { kind: 'failed'; reason: string };
export type Listener = {
  message: (bytes: Uint8Array) => void;
  /** Once, and the last that is heard; a closed code. */
  closed: (reason: string) => void;
};

/** A WebSocket that is listened to. It says no more than what keeps it open: pongs, pings and a good-bye. */
export class WebSocket {
  private heardAt = performance.now();
  private isClosed = false;
  private readonly pinging: NodeJS.Timeout;

  private constructor(
    private readonly client: Client,
    private readonly listener: Listener,
    private readonly pings: { everyMs: number; deadMs: number },
  ) {
    this.pinging = setInterval(() => this.ping(), pings.everyMs);
    client.on('message', (bytes: Buffer) => this.take(bytes));
    for (const sign of ['ping', 'pong'] as const) client.on(sign, () => (this.heardAt = performance.now()));
    client.on('error', (error) => this.end(codeOf(error) === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'too-large' : 'broken'));
    client.on('close', (code) => this.end(code === ABNORMAL ? 'broken-off' : 'closed-by-peer'));
  }

  /** Of a failure no text is told: an address or a header of ours may be in it. */
  static open(
    { url, headers }: { url: string; headers: Readonly<Record<string, string>> },
    listener: Listener,
    pings = { everyMs: PING_MS, deadMs: DEAD_MS },
  ): Promise<WebSocket | NotOpen> {
    return new Promise((resolve) => {
      const client = new Client(url, { headers, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
      const not = (answer: NotOpen): void => {
        clearTimeout(timer);
        resolve(answer);
        client.terminate();
      };
      const timer = setTimeout(() => not({ kind: 'failed', reason: 'timeout' }), OPEN_MS_MAX);
      client.on('open', () => {
        clearTimeout(timer);
        // At once: what comes with the handshake is told right after.
        resolve(new WebSocket(client, listener, pings));
      });
      client.on('unexpected-response', (_, { statusCode = 0 }) => not({ kind: 'refused', status: statusCode }));
      client.on('error', (error) => not({ kind: 'failed', reason: 'syscall' in error ? 'network' : 'bad-handshake' }));
    });
  }

  /** Nothing is read until it is resumed: the provider keeps what it would say. */
  pause(): void {
    this.client.pause();
  }

  resume(): void {
    this.client.resume();
  }

  /** With a good-bye; whoever listens is told at once. */
  close(): void {
    this.client.close(GOING_AWAY);
    this.end('closed-by-us');
  }

  private take(bytes: Buffer): void {
    this.heardAt = performance.now();
    if (!this.isClosed) this.listener.message(bytes);
  }

  private ping(): void {
    // While it is paused its pongs are not read.
    if (this.client.isPaused) this.heardAt = performance.now();
    if (performance.now() - this.heardAt > this.pings.deadMs) this.end('silent');
    else if (this.client.readyState === Client.OPEN) this.client.ping();
  }

  private end(reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.pinging);
    const cutting = setTimeout(() => this.client.terminate(), GOODBYE_MS);
    this.client.once('close', () => clearTimeout(cutting));
    // Paused, it would never read the other's good-bye.
    this.client.resume();
    this.listener.closed(reason);
  }
}

const codeOf = (error: Error): string | undefined => (error as NodeJS.ErrnoException).code;
