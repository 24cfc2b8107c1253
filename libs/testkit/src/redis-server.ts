import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { serverBinary } from './server-binary.ts';
import { Spawned } from './spawned.ts';

export interface RedisServerOptions {
  /** Keeps its data over a kill -9; by default it forgets everything, which is the harder case. */
  appendOnly?: boolean;
  port?: number;
  /** Further arguments, as on the command line: `['--maxmemory', '2mb']`. */
  args?: readonly string[];
  name?: string;
}

/**
 * A real redis-server with `noeviction` and the fleet's limits of hashes, on a port and in a folder of its own; ready when this
 * resolves, gone when disposed.
 */
export async function redisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = new RedisServer(options);
  await server.start();
  return server;
}

export class RedisServer implements AsyncDisposable {
  port: number;
  readonly folder = mkdtempSync(join(tmpdir(), 'roomwire-redis-'));
  readonly #options: RedisServerOptions;
  #process: Spawned | undefined;

  constructor(options: RedisServerOptions) {
    this.#options = options;
    this.port = options.port ?? 0;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get process(): Spawned {
    if (!this.#process) throw new Error('redis-server was not started');
    return this.#process;
  }

  /** Starts it, or starts it again on the same port and folder. Redis cannot choose a port: if ours was taken, another is tried. */
  async start(): Promise<void> {
    if (this.#process?.running) return;
    const keep = this.port !== 0;
    for (let attempt = 1; ; attempt++) {
      const port = keep ? this.port : await freePort();
      this.#process = this.#spawn(port);
      try {
        await this.#process.line(/Ready to accept connections/);
        this.port = port;
        return;
      } catch (error) {
        await this.#process.kill();
        if (!keep && attempt < 5 && /Address already in use/.test(this.#process.output())) continue;
        await this[Symbol.asyncDispose]();
        throw error;
      }
    }
  }

  #spawn(port: number): Spawned {
    const appendOnly = this.#options.appendOnly ?? false;
    return new Spawned({
      command: serverBinary('redis-server'),
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', this.folder, '--maxmemory-policy', 'noeviction'],
        ...['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'always', '--daemonize', 'no'],
        ...['--hash-max-listpack-value', '8192', '--hash-max-listpack-entries', '24', ...(this.#options.args ?? [])],
      ],
      name: this.#options.name ?? 'redis-server',
    });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

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
