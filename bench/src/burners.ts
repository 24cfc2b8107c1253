import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { track } from '@roomwire/testkit';
import type { Measured } from './measure.ts';

const PROGRAM = fileURLToPath(new URL('./burner.mjs', import.meta.url));

/** Processes that take so much CPU (in cores) for so long, and do nothing: what is left of a harm when its work is none. */
export class Burners {
  private running: { child: ChildProcess; ended: () => void }[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly cores: number,
    private readonly ms: number,
  ) {}

  start(): void {
    // As many as the work had at least: a process cannot have more than one core.
    const count = Math.max(2, Math.ceil(this.cores));
    for (let i = 0; i < count; i++) {
      const child = spawn(process.execPath, [PROGRAM, String(Math.min(1, this.cores / count))], { stdio: 'ignore' });
      this.running.push({ child, ended: track({ name: 'burner', kill: () => child.kill('SIGKILL') }) });
    }
    this.timer = setTimeout(() => this.stop(), this.ms);
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const { child, ended } of this.running) {
      child.kill('SIGKILL');
      ended();
    }
    this.running = [];
  }
}

/** CPU that the measured processes took, in seconds. */
export function cpuSecondsOf({ processes, seconds }: Measured): number {
  return processes.reduce((sum, { cpuPercent }) => sum + (cpuPercent * seconds) / 100, 0);
}
