import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { track } from './open-resources.ts';

export interface SpawnOptions {
  command: string;
  args?: readonly string[];
  /** Added to this process' environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** How messages call it; by default the command. */
  name?: string;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What is kept of its output; the oldest lines go first. */
const LINES_MAX = 2_000;
/** How long after its end its output is still read. */
const LET_GO_AFTER_MS = 5_000;

/** Starts a process that cannot outlive the spec file: the leak guard fails the file and kills it. */
export function spawned(options: SpawnOptions): Spawned {
  return new Spawned(options);
}

export class Spawned implements AsyncDisposable {
  readonly name: string;
  /** Settles when the process has ended and its output has been read to the end. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Both streams, in the order in which they arrived. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #exit: Exit | undefined;
  #failure: Error | undefined;

  constructor(options: SpawnOptions) {
    this.name = options.name ?? basename(options.command);
    this.#child = spawn(options.command, options.args ?? [], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream) this.#read(stream);
    const closed = track({
      name: `${this.name} (pid ${this.pid})`,
      log: () => this.output(),
      kill: () => this.signal('SIGKILL'),
    });
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit): void => {
        this.#exit = exit;
        closed();
        this.#watchers.forEach((look) => look());
        resolve(exit);
      };
      this.#child.once('error', (error) => {
        this.#failure = error;
        if (this.#child.pid === undefined) end({ code: null, signal: null });
      });
      this.#child.once('close', (code, signal) => end({ code, signal }));
      // A grandchild that outlived it may hold the pipes for ever.
      this.#child.once('exit', () => setTimeout(() => this.#letGo(), LET_GO_AFTER_MS).unref());
    });
  }

  #letGo(): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.destroy();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  output(): string {
    return this.lines.join('\n');
  }

  /** The first line, said before or after this call, that matches. Rejects with the output when it ends or stays silent instead. */
  line(pattern: RegExp, withinMs = 15_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let seen = 0;
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        act();
      };
      const look = (): void => {
        // From the start each time when the oldest lines were dropped: cheap, and no line is missed.
        for (seen = this.lines.length < seen ? 0 : seen; seen < this.lines.length; seen++) {
          const match = pattern.exec(this.lines[seen] ?? '');
          if (match) return finish(() => resolve(match));
        }
        if (this.#exit) finish(() => reject(this.#silent(`ended (${describeExit(this.#exit, this.#failure)}) before`, pattern)));
      };
      const timer = setTimeout(() => finish(() => reject(this.#silent(`within ${withinMs} ms did not say`, pattern))), withinMs);
      this.#watchers.add(look);
      look();
    });
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** kill -9 and the end of it. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return this.exited;
  }

  /** SIGTERM, as Kubernetes sends it, and kill -9 after the deadline. The answer tells which it was. */
  async stop(deadlineMs = 10_000): Promise<Exit> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), deadlineMs);
    return this.exited.finally(() => clearTimeout(timer));
  }

  /** Neither dead nor alive: connections stay open and nothing answers. */
  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #read(stream: Readable): void {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.lines.push(line);
      if (this.lines.length > LINES_MAX) this.lines.splice(0, LINES_MAX / 2);
      this.#watchers.forEach((look) => look());
    });
  }

  #silent(what: string, pattern: RegExp): Error {
    return new Error(`${this.name} ${what} ${String(pattern)}\n${this.lines.slice(-40).join('\n')}`);
  }
}

function describeExit(exit: Exit | undefined, failure: Error | undefined): string {
  return failure?.message ?? (exit?.signal ? `signal ${exit.signal}` : `exit code ${exit?.code ?? 'none'}`);
}
