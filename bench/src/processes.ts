import { readFileSync } from 'node:fs';
import type { Process } from './target.ts';

export type Usage = {
  name: string;
  /** Of one core. */
  cpuPercent: number;
  /** Highest resident set that was seen, MiB. */
  rssMib: number;
};

/** Linux counts CPU time in hundredths of a second for every reader of /proc, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;
const EVERY_MS = 250;

/** CPU seconds that a process has used; NaN where /proc does not tell. */
export function cpuSeconds(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function rssMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? NaN) / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Watches processes from its making to {@link stop}: CPU over the whole time, memory every 250 ms. */
export class Watch {
  private readonly before: { name: string; pid: number; cpu: number }[];
  private readonly peaks = new Map<number, number>();
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(processes: readonly Process[]) {
    this.before = processes.map(({ name, pid }) => ({ name, pid, cpu: cpuSeconds(pid) }));
    this.timer = setInterval(() => this.look(), EVERY_MS);
    this.look();
  }

  stop(): Usage[] {
    clearInterval(this.timer);
    this.look();
    const seconds = (performance.now() - this.started) / 1000;
    return this.before.map(({ name, pid, cpu }) => ({
      name,
      cpuPercent: ((cpuSeconds(pid) - cpu) / seconds) * 100,
      rssMib: this.peaks.get(pid) ?? NaN,
    }));
  }

  private look(): void {
    for (const { pid } of this.before) {
      const rss = rssMib(pid);
      if (rss > (this.peaks.get(pid) ?? 0)) this.peaks.set(pid, rss);
    }
  }
}
