import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

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
const LOOK_EVERY_MS = 20;
const LOOK_BYTES_MAX = 64 * 1024;

/** One process of the fleet. It writes its log into a file by itself: nothing it says costs us, or waits for us. */
export class Child {
  readonly name: string;
  private readonly process: ChildProcess;
  private stopping = false;
  /** Resolves with the line that matched `ready`; rejects with the last lines of the log. */
  readonly ready: Promise<RegExpExecArray>;
  readonly exited: Promise<{ code: number | null; expected: boolean }>;

  constructor(readonly spec: ChildSpec) {
    this.name = spec.name;
    const log = openSync(spec.logFile, 'a+');
    const said = new Said(log);
    this.process = spawn(spec.command, spec.args, { env: { ...process.env, ...spec.env }, stdio: ['ignore', log, log] });
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    this.ready = promise;
    promise.catch(() => undefined);
    const look = (): void => {
      const match = said
        .lines()
        .map((line) => spec.ready.exec(line))
        .find((found) => found !== null);
      if (match) resolve(match);
    };
    const looking = setInterval(look, LOOK_EVERY_MS);
    const enough = (): void => clearInterval(looking);
    promise.then(enough, enough);
    this.process.once('error', (error) => reject(new Error(`${spec.name}: ${error.message}`)));
    this.exited = new Promise((done) =>
      this.process.once('exit', (code) => {
        look();
        const last = said.lines().slice(-TAIL_LINES).join('\n');
        reject(new Error(`${spec.name} ended (exit code ${code}) before it was ready; its last lines:\n${last}`));
        closeSync(log);
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

/** What was written into a file since this was made; of much, the end. */
class Said {
  private readonly from: number;

  constructor(private readonly file: number) {
    this.from = fstatSync(file).size;
  }

  lines(): string[] {
    const end = fstatSync(this.file).size;
    const bytes = Buffer.alloc(Math.min(end - this.from, LOOK_BYTES_MAX));
    readSync(this.file, bytes, 0, bytes.length, end - bytes.length);
    return bytes.toString().split('\n').filter(Boolean);
  }
}
