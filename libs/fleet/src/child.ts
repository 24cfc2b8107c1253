import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

export type ChildSpec = {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string | undefined>;
  logFile: string;
  /** A line of stdout or stderr that says the process answers. */
  ready: RegExp;
};

const TAIL_LINES = 30;

/** One process of the fleet: its log in a file, its last lines at hand for when it fails. */
export class Child {
  readonly name: string;
  private readonly process: ChildProcess;
  private readonly tail: string[] = [];
  private stopping = false;
  /** Resolves with the line that matched `ready`; rejects with the last lines of the log. */
  readonly ready: Promise<RegExpExecArray>;
  readonly exited: Promise<{ code: number | null; expected: boolean }>;

  constructor(readonly spec: ChildSpec) {
    this.name = spec.name;
    this.process = spawn(spec.command, spec.args, { env: { ...process.env, ...spec.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(spec.logFile, { flags: 'a' });
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    this.ready = promise;
    promise.catch(() => undefined);
    for (const stream of [this.process.stdout!, this.process.stderr!])
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        if (this.tail.push(line) > TAIL_LINES) this.tail.shift();
        const match = spec.ready.exec(line);
        if (match) resolve(match);
      });
    this.process.once('error', (error) => reject(new Error(`${spec.name}: ${error.message}`)));
    this.exited = new Promise((done) =>
      this.process.once('exit', (code) => {
        reject(new Error(`${spec.name} ended (exit code ${code}) before it was ready; its last lines:\n${this.tail.join('\n')}`));
        done({ code, expected: this.stopping });
      }),
    );
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Asks first; kills what has not ended after `graceMs` (0: at once). */
  async stop(graceMs = 11_000): Promise<void> {
    this.stopping = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
    // A stopped (SIGSTOP) process would never hear it.
    this.process.kill('SIGCONT');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(timer);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  killNow(): void {
    this.stopping = true;
    this.process.kill('SIGKILL');
  }
}
