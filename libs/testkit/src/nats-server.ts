import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverBinary } from './server-binary.ts';
import { Spawned } from './spawned.ts';

export interface NatsServerOptions {
  /** Text of a nats.conf to add (permissions, sync_interval). Address, port and store directory are ours and override it. */
  config?: string;
  /** The variables that the text names with `$`. */
  env?: Record<string, string>;
  /** By default the server chooses one; whatever it is, a restart keeps it. */
  port?: number;
  name?: string;
}

/** A real nats-server with JetStream, on a port and in a folder of its own; ready when this resolves, gone when it is disposed. */
export async function natsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const server = new NatsServer(options);
  await server.start();
  return server;
}

export class NatsServer implements AsyncDisposable {
  /** 0 before the first start. */
  port = 0;
  monitorPort = 0;
  readonly folder = mkdtempSync(join(tmpdir(), 'roomwire-nats-'));
  readonly #options: NatsServerOptions;
  #process: Spawned | undefined;

  constructor(options: NatsServerOptions) {
    this.#options = options;
    this.port = options.port ?? 0;
    writeFileSync(join(this.folder, 'nats.conf'), options.config ?? '');
  }

  /** What a client connects to, without credentials. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get monitorUrl(): string {
    return `http://127.0.0.1:${this.monitorPort}`;
  }

  get process(): Spawned {
    if (!this.#process) throw new Error('nats-server was not started');
    return this.#process;
  }

  /** Starts it, or starts it again on the same port and the same store. */
  async start(): Promise<void> {
    if (this.#process?.running) return;
    const { folder } = this;
    const started = new Spawned({
      command: serverBinary('nats-server'),
      args: [
        ...[
          '-c',
          join(folder, 'nats.conf'),
          '-a',
          '127.0.0.1',
          '-p',
          String(this.port || -1),
          '-m',
          String(this.monitorPort || -1),
        ],
        ...['-js', '-sd', join(folder, 'store')],
      ],
      env: this.#options.env ?? {},
      name: this.#options.name ?? 'nats-server',
    });
    this.#process = started;
    try {
      await started.line(/Server is ready/);
      this.port = Number((await started.line(/Listening for client connections on \S+:(\d+)/))[1]);
      this.monitorPort = Number((await started.line(/Starting http monitor on \S+:(\d+)/))[1]);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** kill -9. The store stays: `start` brings it back with what was synced. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** In its own order (SIGTERM). */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
